namespace Authorisation.Admin.Messages;

/// <summary>Takes each message the way that is set for it.</summary>
internal sealed class Couriers(SmsGateway? sms, SmtpMailer? mail, MessageDirectory? directory)
{
    public Task SendAsync(Delivery delivery, CancellationToken stop) => delivery.Channel switch
    {
        _ when directory is not null => directory.SendAsync(delivery, stop),
        MessageChannel.Sms when sms is not null => sms.SendAsync(delivery, stop),
        MessageChannel.Email when mail is not null => mail.SendAsync(delivery, stop),
        _ => throw new DeliveryException(
            $"No way is set to send {delivery.Channel}: see Sms and Smtp in adminsettings.json.", isFinal: false),
    };
}

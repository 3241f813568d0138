namespace Authorisation.Administration.Messages;

/// <summary>Takes each message the way that is set for it.</summary>
internal sealed class MessageSenders(SmsGateway? sms, SmtpMailer? mail, MessageDirectory? directory)
{
    /// <summary>What this host has a way to send.</summary>
    public IReadOnlyList<MessageChannel> Channels { get; } =
    [
        .. Enum.GetValues<MessageChannel>().Where(channel => directory is not null || channel switch
        {
            MessageChannel.Sms => sms is not null,
            _ => mail is not null,
        }),
    ];

    public Task SendAsync(Delivery delivery, CancellationToken stop) => delivery.Channel switch
    {
        _ when directory is not null => directory.SendAsync(delivery, stop),
        MessageChannel.Sms when sms is not null => sms.SendAsync(delivery, stop),
        MessageChannel.Email when mail is not null => mail.SendAsync(delivery, stop),
        _ => throw new InvalidOperationException($"{delivery.Channel} is not among {nameof(Channels)}."),
    };
}

namespace Authorisation.Administration.Messages;

/// <summary>Writes messages to a directory instead of sending them: for the demo.</summary>
internal sealed class MessageDirectory(string path)
{
    public async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        Directory.CreateDirectory(path);
        var ending = delivery.Channel == MessageChannel.Sms ? "sms" : "eml";
        var file = Path.Combine(path, $"{delivery.Id}.{ending}.txt");
        var subject = delivery.Subject is null ? "" : $"Subject: {delivery.Subject}\n";
        await File.WriteAllTextAsync(
            file + ".new", $"From: {delivery.Sender}\nTo: {delivery.Recipient}\n{subject}\n{delivery.Text}\n", stop);
        // Whole or not at all: a reader never sees half of it.
        File.Move(file + ".new", file, overwrite: true);
    }
}

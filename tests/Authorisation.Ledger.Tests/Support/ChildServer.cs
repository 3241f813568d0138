using System.Diagnostics;
using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Authorisation.Ledger.Tests.Support;

/// <summary>
/// A server process of its own, for tests that stop or kill one: this assembly, run as a program. It buys on one card
/// without pause until its standard input is closed, which the end of the test process does too.
/// </summary>
internal sealed class ChildServer : IDisposable
{
    /// <summary>What the child's purchases name as their device.</summary>
    public const string Device = "child";

    private const int Callers = 4;

    private readonly Process _process;

    private ChildServer(Process process) => _process = process;

    /// <summary>Starts one that buys for 1 öre each. Its sessions have the operator's code for a name.</summary>
    public static ChildServer Start(TestOperator oper, Instrument card)
    {
        var connection = new NpgsqlConnectionStringBuilder(oper.Ledger.ServiceConnectionString) { ApplicationName = oper.Terms.Code };
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                typeof(ChildServer).Assembly.Location,
                connection.ConnectionString,
                oper.Terms.Id.ToString(CultureInfo.InvariantCulture),
                oper.Validator.ClientId!.Value.ToString(CultureInfo.InvariantCulture),
                card.CardNumber!,
            },
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        return new ChildServer(Process.Start(start)!);
    }

    /// <summary>Halts it (SIGSTOP), whatever it is doing.</summary>
    public Task StopAsync() => SignalAsync("-STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public Task ContinueAsync() => SignalAsync("-CONT");

    /// <summary>Kills it (SIGKILL).</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Eventually.Bound);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>The child itself.</summary>
    private static async Task Main(string[] args)
    {
        var terms = new Operator
        {
            Id = int.Parse(args[1], CultureInfo.InvariantCulture),
            Code = "child",
            Currency = "SEK",
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm"),
            OffersCardCredit = true,
            Purpose = PurposeRule.KeptIfGiven,
            VatBasisPoints = 600,
            HoldTime = TimeSpan.FromMinutes(30),
        };
        var originator = Originator.Client(long.Parse(args[2], CultureInfo.InvariantCulture));
        var card = Instrument.Card(terms.Id, args[3]);
        await using var database = new LedgerDatabase(
            new LedgerOptions { ConnectionString = args[0], Lanes = 1 }, NullLoggerFactory.Instance);
        await using var queue = new CommitQueue(database, TimeProvider.System, NullLogger<CommitQueue>.Instance);
        var isOver = Task.Run(Console.In.ReadToEnd);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (!isOver.IsCompleted)
            {
                var purchase = new Purchase
                {
                    Id = Guid.NewGuid(),
                    Originator = originator,
                    Instrument = card,
                    AmountMinor = 1,
                    // Holds are decided under lock, between two round trips: that is where the test stops this process.
                    Hold = true,
                    DeviceId = Device,
                };
                await queue.AuthoriseAsync(purchase, terms, CancellationToken.None);
            }
        }));
    }
}

using System.CommandLine;
using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Operations;
using Authorisation.Ledger.Reads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Authorisation.Server.Commands;

/// <summary>
/// For an operator's clerk: lists sales that devices reported on cards without credit, and assigns them to accounts.
/// </summary>
internal static class AdvicesCommand
{
    private const string ConnectionVariable = "Ledger__ConnectionString";
    private const int ListMax = 1000;
    private const decimal MinorPerMajor = 100m;

    private static readonly Option<string> Connection = new("--connection")
    {
        Description = $"Connection string of the servers' role; or the variable {ConnectionVariable}.",
    };

    public static Command Create() => new(
        "advices", "Sales that devices made offline on cards without credit: list them, and assign them to accounts.")
    {
        CreateUnmatched(),
        CreateMatch(),
    };

    private static Command CreateUnmatched()
    {
        var code = new Option<string>("--operator") { Description = "The operator's code, for example jamtland.", Required = true };
        var command = new Command("unmatched", "List the sales that are on no account yet, oldest first.")
        {
            code, Connection,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(Connection), database => ListAsync(database, parsed.GetValue(code)!, cancellationToken)));
        return command;
    }

    private static Command CreateMatch()
    {
        var id = new Argument<Guid>("authorisation-id") { Description = "The sale, as `advices unmatched` lists it." };
        var account = new Option<Guid?>("--account") { Description = "The credit account that it is put on." };
        var card = new Option<string?>("--card") { Description = "Or the number of a card: the credit that is on it now." };
        var command = new Command("match", "Put a sale on an account: it counts there, and is invoiced.") { id, account, card, Connection };
        command.Validators.Add(result =>
        {
            if (result.GetValue(account) is null == result.GetValue(card) is null)
            {
                result.AddError("Say whose it is: either --account ID or --card NUMBER.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(Connection), database => MatchAsync(
            database, parsed.GetValue(id), parsed.GetValue(account), parsed.GetValue(card), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string? connection, Func<LedgerDatabase, Task<int>> run)
    {
        connection ??= Environment.GetEnvironmentVariable(ConnectionVariable);
        if (string.IsNullOrEmpty(connection))
        {
            return Fail($"Say which database: --connection \"Host=…;Database=…;Username=…\", or {ConnectionVariable}.");
        }

        try
        {
            await using var database = new LedgerDatabase(
                new LedgerOptions { ConnectionString = connection, Lanes = 1 }, NullLoggerFactory.Instance);
            return await run(database);
        }
        catch (Exception e) when (e is LedgerUnreachableException or LedgerBusyException or ArgumentException)
        {
            return Fail(e.Message.Split('\n')[0]);
        }
    }

    private static async Task<int> ListAsync(LedgerDatabase database, string code, CancellationToken cancellationToken)
    {
        var reader = new LedgerReader(database);
        var operators = await reader.ListOperatorsAsync(cancellationToken);
        if (operators.FirstOrDefault(one => one.Code == code) is not { } terms)
        {
            return Fail($"There is no operator {code}; there are {string.Join(", ", operators.Select(one => one.Code).Order(StringComparer.Ordinal))}.");
        }

        var unmatched = await reader.ListUnmatchedAsync(terms.Id, ListMax, cancellationToken);
        foreach (var history in unmatched)
        {
            var purchase = history.Entry.Purchase;
            var soldAt = TimeZoneInfo.ConvertTime(purchase.OccurredAt!.Value, terms.TimeZone);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{purchase.Id}  {soldAt:yyyy-MM-dd HH:mm}  card {purchase.Instrument.CardNumber,-20}  {Money(history.CapturedMinor - history.RefundedMinor, terms),14}  {purchase.DeviceId}").TrimEnd());
        }

        Console.WriteLine(unmatched.Count == ListMax
            ? $"The oldest {ListMax} that are on no account."
            : $"{unmatched.Count} on no account.");
        return 0;
    }

    private static async Task<int> MatchAsync(
        LedgerDatabase database, Guid id, Guid? accountId, string? card, CancellationToken cancellationToken)
    {
        var reader = new LedgerReader(database);
        var reading = await reader.FindAuthorisationAsync(id, cancellationToken);
        if (reading.History is not { } history)
        {
            return Fail($"There is no sale {id}.");
        }

        var operatorId = history.Entry.Purchase.Instrument.OperatorId;
        var terms = (await reader.ListOperatorsAsync(cancellationToken)).Single(one => one.Id == operatorId);
        if (card is not null)
        {
            var credit = CardNumber.TryNormalise(card, out var number)
                ? await reader.FindCreditAsync(Instrument.Card(operatorId, number), terms.TimeZone, cancellationToken)
                : null;
            if (credit is not { Account: { Removed: false } found })
            {
                return Fail($"No traveller of {terms.Code} has credit on card {card}.");
            }

            accountId = found.Id;
        }

        await using var queue = new CommitQueue(database, TimeProvider.System, NullLogger<CommitQueue>.Instance);
        var match = new Operation { Id = Guid.CreateVersion7(), AuthorisationId = id, Kind = OperationKind.Match, By = Actor.Service };
        var result = await new OperationQueue(reader, queue).MatchAsync(match, accountId!.Value, terms, cancellationToken);
        if (result is not { Status: CommitStatus.Decided, Operation: { } done })
        {
            return Fail(Why(result, accountId.Value, terms));
        }

        Console.WriteLine(
            $"{Money(done.InvoicedMinor, terms)} is on account {accountId}: it counts in {done.CreditMonth} and is invoiced in "
            + $"{done.InvoiceMonth}.{(done.OverLimit ? " It takes that month above the limit." : "")}");
        return 0;
    }

    private static string Why(CommitResult result, Guid accountId, Operator terms) => result switch
    {
        { Status: CommitStatus.NotFound } => $"There is no account {accountId} at {terms.Code}.",
        { Refusal: Refusal.AlreadyMatched } => "It is on an account already.",
        { Refusal: Refusal.AlreadyVoided } => "It has been voided.",
        { Refusal: Refusal.AlreadyRefunded } => "All of it has been refunded.",
        { Refusal: Refusal.AuthorisationDeclined } => "It was declined and never sold.",
        _ => $"It could not be done now ({result.Status}); try again.",
    };

    private static string Money(long minor, Operator terms) =>
        string.Create(CultureInfo.InvariantCulture, $"{minor / MinorPerMajor:0.00} {terms.Currency}");

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }
}

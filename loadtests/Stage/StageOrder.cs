using System.Text.Json.Serialization;

namespace Authorisation.LoadTests.Stage;

/// <summary>What the stage is asked to do.</summary>
/// <param name="Do">
/// <c>open</c> a fresh ledger, or <c>open-untriggered</c>, or <c>open-double-entry</c>, with another ledger beside its
/// tables, or <c>open-growth</c>, with so many authorisations, or <c>open-failover</c>, on a Postgres with a standby, which
/// <c>kill-primary</c> and <c>promote</c> are for; or <c>open-month-end</c>, in which a month is about to end;
/// <c>change</c> the organisation that all accounts were gathered in; <c>clock</c>, set such a ledger's clock;
/// <c>turn</c>, return the state of the month's end; <c>transactions</c>, count them; <c>check</c> a ledger; <c>close</c> it.
/// </param>
/// <param name="Answers">For a check, the file with the ids that were answered.</param>
/// <param name="Accounts">For a month's end, how many accounts have bought; for a pair, how many there are.</param>
/// <param name="Seconds">For the clock, after how many seconds the month ends.</param>
/// <param name="Change">
/// <c>gather</c>, <c>rename</c>, <c>suspend</c> or <c>reinstate</c>; <c>forget</c> that cards are to be numbered for
/// it.
/// </param>
/// <param name="Rows">For growth, how many authorisations there are.</param>
internal sealed record StageOrder(
    [property: JsonPropertyName("do")] string Do,
    [property: JsonPropertyName("answers")] string? Answers,
    [property: JsonPropertyName("accounts")] int Accounts = 0,
    [property: JsonPropertyName("seconds")] double Seconds = 0,
    [property: JsonPropertyName("change")] string? Change = null,
    [property: JsonPropertyName("rows")] long Rows = 0);

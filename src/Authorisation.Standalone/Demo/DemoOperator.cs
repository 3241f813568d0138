namespace Authorisation.Standalone.Demo;

/// <summary>What can be called at one operator of the demo.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="ValidatorToken">Buys on cards.</param>
/// <param name="ConsoleToken">Buys on cards.</param>
/// <param name="AppBackendToken">Buys on any app account.</param>
/// <param name="App">An activated app.</param>
/// <param name="Card">A card with credit; null where the operator gives none on cards.</param>
/// <param name="BlockedCard">The number of a card whose credit is blocked; null where there are no cards.</param>
internal sealed record DemoOperator(
    string Currency,
    string ValidatorToken,
    string ConsoleToken,
    string AppBackendToken,
    DemoApp App,
    DemoCard? Card,
    string? BlockedCard);

/// <summary>An activated app of the demo.</summary>
internal sealed record DemoApp(Guid AppAccountId, string AppToken, long LimitMinor);

/// <summary>A card with credit.</summary>
internal sealed record DemoCard(string CardNumber, long LimitMinor);

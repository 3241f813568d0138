namespace Authorisation.Server.Contract;

/// <summary>A field that breaks the contract, by its name in the contract, and what it must be instead.</summary>
internal readonly record struct Violation(string Field, string Description);

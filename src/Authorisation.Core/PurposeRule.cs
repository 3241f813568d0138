namespace Authorisation.Core;

/// <summary>What an operator wants to know of why a trip is made. Stored; the numbers never change.</summary>
public enum PurposeRule
{
    /// <summary>Not asked for: one that is sent is not kept.</summary>
    NotKept = 0,

    /// <summary>Kept when given, and printed on the invoice specification.</summary>
    KeptIfGiven = 1,

    /// <summary>Required for every app purchase, and printed on the invoice specification.</summary>
    Required = 2,
}

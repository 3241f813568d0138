namespace Authorisation.Core.Tests.RandomSequences;

/// <summary>What a client is told, in the words that the naive and the tested ledger share.</summary>
internal enum Answer
{
    Approved,
    Declined,
    ApprovedBefore,
    DeclinedBefore,
    Differs,
    Taken,
}

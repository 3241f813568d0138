namespace Authorisation.Administration.Imports;

/// <summary>What is done with a file of travellers.</summary>
internal enum ImportMode
{
    /// <summary>It is refused for any row that is wrong.</summary>
    AllOrNothing = 1,

    /// <summary>The right rows of it are applied.</summary>
    ValidRows = 2,

    /// <summary>
    /// It is refused for any row that is wrong, and the travellers that it does not have are shown, to be removed once that
    /// is confirmed.
    /// </summary>
    WholeList = 3,
}

namespace Authorisation.Server.Cards;

/// <summary>What a feed has for a watcher.</summary>
internal enum FeedAnswer
{
    /// <summary>Changes that follow.</summary>
    Changes,

    /// <summary>Nothing new.</summary>
    Nothing,

    /// <summary>Changes that follow are not kept any more.</summary>
    NotKept,

    /// <summary>The numbers began anew: whatever the watcher has is of before.</summary>
    Restarted,
}

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

    /// <summary>The numbers restarted: what the watcher has is from before.</summary>
    Restarted,
}

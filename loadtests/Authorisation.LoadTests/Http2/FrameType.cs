namespace Authorisation.LoadTests.Http2;

/// <summary>The frames of HTTP/2 (RFC 9113, section 6) that matter here; the numbers are the wire's.</summary>
internal enum FrameType
{
    Data = 0,
    Headers = 1,
    Reset = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

namespace Authorisation.Core;

/// <summary>Where a purchase was made, as the device reports it. Kept for the record; decides nothing.</summary>
/// <param name="Vehicle">The vehicle's number.</param>
/// <param name="Line">The line.</param>
/// <param name="Zone">The fare zone.</param>
/// <param name="Stop">The stop.</param>
public sealed record Trip(string? Vehicle, string? Line, string? Zone, string? Stop);

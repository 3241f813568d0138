namespace Grpc.Core;

/// <summary>Judges a peer's certificate; false refuses the connection.</summary>
/// <param name="context">The peer.</param>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);

using System.Net;
using Authorisation.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Authorisation.Hosting.Connections;

/// <summary>
/// Bounds how many connections a host has open, from everywhere and from one address. One too many is closed before a
/// byte of it is read.
/// </summary>
/// <remarks>
/// Safe to share: counts and the time of the last log line are read and changed under one lock, at the two ends of a
/// connection.
/// </remarks>
public sealed partial class ConnectionBounds(ConnectionSettings settings, TimeProvider time, ILogger<ConnectionBounds> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _open;
    private int _refused;
    private long? _toldAt;

    /// <summary>
    /// The part of a connection that counts it; the first of all, so that one too many costs nothing else.
    /// </summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var address = RemoteAddress.KeyOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        if (!TryEnter(address))
        {
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    };

    private bool TryEnter(IPAddress address)
    {
        string setting;
        int bound;
        int refused;
        lock (_gate)
        {
            var ofAddress = _byAddress.GetValueOrDefault(address);
            if (_open < settings.Max && ofAddress < settings.MaxPerAddress)
            {
                _open++;
                _byAddress[address] = ofAddress + 1;
                return true;
            }

            _refused++;
            if (_toldAt is { } before && time.GetElapsedTime(before) < Limits.RefusedConnectionsTold)
            {
                return false;
            }

            (setting, bound) = _open < settings.Max
                ? (ConnectionSettings.Names[1], settings.MaxPerAddress)
                : (ConnectionSettings.Names[0], settings.Max);
            (refused, _refused, _toldAt) = (_refused, 0, time.GetTimestamp());
        }

        LogRefused(refused, setting, bound, address);
        return false;
    }

    private void Leave(IPAddress address)
    {
        lock (_gate)
        {
            _open--;
            if (_byAddress[address] == 1)
            {
                _byAddress.Remove(address);
            }
            else
            {
                _byAddress[address]--;
            }
        }
    }

    [LoggerMessage(4673, LogLevel.Warning,
        "{Refused} connections were refused since the last such line, the latest by {Setting} ({Bound}), from {Address}")]
    private partial void LogRefused(int refused, string setting, int bound, IPAddress address);
}

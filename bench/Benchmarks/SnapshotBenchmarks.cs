using System.Reflection;
using Authorisation.Cache;
using Authorisation.Core;
using BenchmarkDotNet.Attributes;

namespace Authorisation.Bench.Benchmarks;

/// <summary>A snapshot as the bytes that Redis keeps.</summary>
public class SnapshotBenchmarks
{
    // The format is the cache's own business; bound once, it is called as directly as the cache calls it.
    private static readonly Type Format =
        typeof(CreditSnapshotCache).Assembly.GetType("Authorisation.Cache.SnapshotFormat", throwOnError: true)!;

    private readonly Writer _write = Bind<Writer>("Write");
    private readonly Reader _read = Bind<Reader>("TryRead");
    private readonly AccountSnapshot _snapshot = new(Accounts.Card(DateTimeOffset.UtcNow), DateTimeOffset.UtcNow);
    private readonly byte[] _bytes;

    /// <summary>Writes the bytes that are read.</summary>
    public SnapshotBenchmarks() => _bytes = _write(_snapshot)!;

    private delegate byte[]? Writer(AccountSnapshot snapshot);

    private delegate bool Reader(ReadOnlySpan<byte> bytes, Instrument instrument, out AccountSnapshot? snapshot);

    /// <summary>To bytes.</summary>
    [Benchmark]
    public byte[]? Write() => _write(_snapshot);

    /// <summary>From bytes.</summary>
    [Benchmark]
    public AccountSnapshot? Read() => _read(_bytes, _snapshot.Account.Instrument, out var snapshot) ? snapshot : null;

    private static T Bind<T>(string method)
        where T : Delegate =>
        Format.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<T>();
}

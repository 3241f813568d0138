using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Session;

namespace Authorisation.LoadTests.Results;

/// <summary>What one phase measured, once.</summary>
/// <param name="Target">The target.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Repetition">Which repetition, from 0.</param>
/// <param name="Recording">The answers.</param>
/// <param name="ServerMicroseconds">Processor time of the target's own processes for each answer.</param>
/// <param name="StoreMicroseconds">Processor time of Postgres and Redis for each answer.</param>
/// <param name="LoadMicroseconds">Processor time of the load generator for each answer.</param>
/// <param name="Memory">The memory that the target had in use over time: seconds, and MiB.</param>
internal sealed record PhaseResult(
    TargetKind Target,
    Phase Phase,
    int Repetition,
    Recording Recording,
    double ServerMicroseconds,
    double StoreMicroseconds,
    double LoadMicroseconds,
    IReadOnlyList<(double Seconds, double Mebibytes)> Memory);

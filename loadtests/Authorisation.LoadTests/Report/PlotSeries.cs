namespace Authorisation.LoadTests.Report;

/// <summary>One line of a plot.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points, from left to right.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

using System.Text.Json.Nodes;

namespace Authorisation.LoadTests.Results;

/// <summary>What a scenario that is measured by itself came to.</summary>
internal interface IScenarioResult
{
    /// <summary>As a value of the file for programs: medians.</summary>
    JsonNode ToJson();

    /// <summary>Writes it as lines.</summary>
    void Write(TextWriter output);
}

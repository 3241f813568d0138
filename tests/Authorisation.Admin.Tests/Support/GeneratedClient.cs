using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using NSwag.CodeGeneration.OperationNameGenerators;

namespace Authorisation.Admin.Tests.Support;

/// <summary>
/// A client in C# that NSwag generates from the API's description, as an integrator would; compiled in memory, and used
/// by the names that it gives to things.
/// </summary>
internal sealed class GeneratedClient : IDisposable
{
    private readonly Assembly _assembly;
    private readonly HttpClient _http;
    private readonly object _client;

    private GeneratedClient(Assembly assembly, HttpClient http, object client) => (_assembly, _http, _client) = (assembly, http, client);

    /// <summary>Generates and compiles a client that calls as somebody.</summary>
    public static async Task<GeneratedClient> CreateAsync(InProcessAdmin host, string token)
    {
        var description = await OpenApiDocument.FromJsonAsync((await host.Nobody.GetAsync("/openapi/v1.json")).Is(200).Text);
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "Client",
            UseBaseUrl = false,
            // One class for all calls; else what stands before the first _ of a call's name is a class of its own.
            OperationNameGenerator = new SingleClientFromOperationIdOperationNameGenerator(),
        };
        settings.CSharpGeneratorSettings.Namespace = "Generated";
        // A field that can be left out is null as long as nobody sets it, and null is not sent.
        settings.CSharpGeneratorSettings.GenerateOptionalPropertiesAsNullable = true;
        var assembly = Compile(new CSharpClientGenerator(description, settings).GenerateFile());
        var http = new HttpClient { BaseAddress = host.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new GeneratedClient(assembly, http, Activator.CreateInstance(assembly.GetType("Generated.Client")!, http)!);
    }

    /// <summary>Makes one of the client's objects and sets fields of it, by their names in C#.</summary>
    public object New(string type, params (string Name, object? Value)[] fields)
    {
        var made = Activator.CreateInstance(_assembly.GetType("Generated." + type)!)!;
        foreach (var (name, value) in fields)
        {
            var property = made.GetType().GetProperty(name) ?? throw new InvalidOperationException($"{type} has no {name}.");
            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            property.SetValue(made, kind.IsEnum && value is string word ? Enum.Parse(kind, word) : value);
        }

        return made;
    }

    /// <summary>Makes a call with what it takes, the rest left out, and gives what it answers.</summary>
    public async Task<dynamic> CallAsync(string method, params (string Name, object? Value)[] arguments)
    {
        var call = _client.GetType().GetMethods().Where(one => one.Name == method).MinBy(one => one.GetParameters().Length)
            ?? throw new InvalidOperationException($"The client has no {method}.");
        var given = arguments.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
        var values = call.GetParameters().Select(parameter => given.Remove(parameter.Name!, out var value) ? value : null).ToArray();
        return given.Count > 0
            ? throw new InvalidOperationException($"{method} takes {string.Join(", ", call.GetParameters().Select(one => one.Name))}")
            : await (dynamic)call.Invoke(_client, values)!;
    }

    public void Dispose() => _http.Dispose();

    private static Assembly Compile(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            "Generated", [CSharpSyntaxTree.ParseText(code)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        return result.Success
            ? Assembly.Load(bytes.ToArray())
            : throw new InvalidOperationException(string.Join(
                '\n', result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(10)));
    }
}

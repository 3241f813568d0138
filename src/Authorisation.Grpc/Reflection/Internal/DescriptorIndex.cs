using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Reflection.Internal;

/// <summary>
/// The files and symbols behind the services that are mapped. Built once, when first asked, which is after every
/// service has been mapped; read-only from then on and therefore shared by all calls.
/// </summary>
internal sealed class DescriptorIndex(EndpointDataSource endpoints)
{
    private readonly Lock _gate = new();
    private Dictionary<string, FileDescriptor>? _files;
    private Dictionary<string, FileDescriptor> _filesBySymbol = [];
    private Dictionary<(string Type, int Number), FileDescriptor> _filesByExtension = [];

    public IReadOnlyList<string> ServiceNames { get; private set; } = [];

    public FileDescriptor? FindFile(string name)
    {
        Build();
        return _files!.GetValueOrDefault(name);
    }

    public FileDescriptor? FindSymbol(string name)
    {
        Build();
        return _filesBySymbol.GetValueOrDefault(name);
    }

    public FileDescriptor? FindExtension(string type, int number)
    {
        Build();
        return _filesByExtension.GetValueOrDefault((type, number));
    }

    public IReadOnlyList<int> ExtensionNumbersOf(string type)
    {
        Build();
        return [.. _filesByExtension.Keys.Where(key => key.Type == type).Select(static key => key.Number).Order()];
    }

    /// <summary>A file and what it imports, each once, imports last.</summary>
    public static IEnumerable<ByteString> WithImports(FileDescriptor file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<FileDescriptor>([file]);
        while (waiting.TryDequeue(out var next))
        {
            if (seen.Add(next.Name))
            {
                yield return next.SerializedData;
                foreach (var import in next.Dependencies)
                {
                    waiting.Enqueue(import);
                }
            }
        }
    }

    public void Build()
    {
        lock (_gate)
        {
            if (_files is not null)
            {
                return;
            }

            _filesBySymbol = new(StringComparer.Ordinal);
            _filesByExtension = [];
            var files = new Dictionary<string, FileDescriptor>(StringComparer.Ordinal);
            var names = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var service in endpoints.Endpoints
                .Select(static endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>())
                .OfType<GrpcMethodMetadata>()
                .Select(static method => DescriptorOf(method.ServiceType))
                .OfType<ServiceDescriptor>())
            {
                names.Add(service.FullName);
                AddFile(files, service.File);
            }

            ServiceNames = [.. names];
            _files = files;
        }
    }

    private static ServiceDescriptor? DescriptorOf(Type serviceType)
    {
        for (var type = serviceType; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } binding)
            {
                return binding.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)
                    ?.GetValue(null) as ServiceDescriptor;
            }
        }

        return null;
    }

    private void AddFile(Dictionary<string, FileDescriptor> files, FileDescriptor file)
    {
        if (!files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            _filesBySymbol[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _filesBySymbol[method.FullName] = file;
            }
        }

        foreach (var message in file.MessageTypes)
        {
            AddMessage(message);
        }

        foreach (var enumeration in file.EnumTypes)
        {
            _filesBySymbol[enumeration.FullName] = file;
        }

        AddExtensions(file.Extensions, file);
        foreach (var import in file.Dependencies)
        {
            AddFile(files, import);
        }
    }

    private void AddMessage(MessageDescriptor message)
    {
        _filesBySymbol[message.FullName] = message.File;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _filesBySymbol[field.FullName] = message.File;
        }

        foreach (var enumeration in message.EnumTypes)
        {
            _filesBySymbol[enumeration.FullName] = message.File;
        }

        AddExtensions(message.Extensions, message.File);
        foreach (var nested in message.NestedTypes)
        {
            AddMessage(nested);
        }
    }

    private void AddExtensions(ExtensionCollection extensions, FileDescriptor file)
    {
        foreach (var extension in extensions.UnorderedExtensions)
        {
            _filesBySymbol[extension.FullName] = file;
            _filesByExtension[(extension.ExtendeeType.FullName, extension.FieldNumber)] = file;
        }
    }
}

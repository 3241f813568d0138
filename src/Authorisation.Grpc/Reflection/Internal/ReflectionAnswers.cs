using Grpc.Core;
using Grpc.Reflection.V1;

namespace Grpc.AspNetCore.Server.Reflection.Internal;

/// <summary>Answers the questions of reflection from the index.</summary>
internal sealed class ReflectionAnswers(DescriptorIndex index)
{
    /// <summary>The answer to one request, errors included.</summary>
    public ServerReflectionResponse To(ServerReflectionRequest request)
    {
        var response = Answer(request);
        response.ValidHost = request.Host;
        response.OriginalRequest = request;
        return response;
    }

    private static ServerReflectionResponse Files(Google.Protobuf.Reflection.FileDescriptor? file, string what)
    {
        if (file is null)
        {
            return NotFound(what);
        }

        var files = new FileDescriptorResponse();
        files.FileDescriptorProto.AddRange(DescriptorIndex.WithImports(file));
        return new ServerReflectionResponse { FileDescriptorResponse = files };
    }

    private static ServerReflectionResponse NotFound(string what) => new()
    {
        ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.NotFound, ErrorMessage = $"{what} not found." },
    };

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                return Files(index.FindFile(request.FileByFilename), $"File '{request.FileByFilename}'");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                return Files(index.FindSymbol(request.FileContainingSymbol), $"Symbol '{request.FileContainingSymbol}'");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                var extension = request.FileContainingExtension;
                return Files(index.FindExtension(extension.ContainingType, extension.ExtensionNumber), "Extension");
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                return ExtensionNumbers(request.AllExtensionNumbersOfType);
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                return Services();
            default:
                return new ServerReflectionResponse
                {
                    ErrorResponse = new ErrorResponse
                    {
                        ErrorCode = (int)StatusCode.Unimplemented,
                        ErrorMessage = "The request asks nothing that is known.",
                    },
                };
        }
    }

    private ServerReflectionResponse ExtensionNumbers(string type)
    {
        if (index.FindSymbol(type) is null)
        {
            return NotFound($"Type '{type}'");
        }

        var numbers = new ExtensionNumberResponse { BaseTypeName = type };
        numbers.ExtensionNumber.AddRange(index.ExtensionNumbersOf(type));
        return new ServerReflectionResponse { AllExtensionNumbersResponse = numbers };
    }

    private ServerReflectionResponse Services()
    {
        index.Build();
        var services = new ListServiceResponse();
        services.Service.AddRange(index.ServiceNames.Select(static name => new ServiceResponse { Name = name }));
        return new ServerReflectionResponse { ListServicesResponse = services };
    }
}

using Authorisation.Provisioning;
using Authorisation.Standalone.Demo;
using Authorisation.V1;
using Grpc.Net.Client;
using Npgsql;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Gets ready to call the server. If a month ends before the control plane can be up, it shows the purchases around
/// midnight at once: they need nothing but the server.
/// </summary>
internal sealed class MidnightStep(
    DatabaseStep database, DemoDataStep data, ServerStep server, DemoClock clock, TextWriter output) : IStartStep
{
    /// <summary>What the start of the control plane and of the ticket system may take on a slow machine.</summary>
    private static readonly TimeSpan AdminStart = TimeSpan.FromSeconds(16);

    private GrpcChannel? _channel;
    private NpgsqlDataSource? _owner;

    /// <inheritdoc/>
    public string? Doing => null;

    /// <summary>Makes the calls; set when the step has run.</summary>
    public DemoCaller Caller { get; private set; } = null!;

    /// <summary>Connects apps; set when the step has run.</summary>
    public ActivationService.ActivationServiceClient Activations { get; private set; } = null!;

    /// <summary>Creates travellers; set when the step has run.</summary>
    public DemoData Data { get; private set; } = null!;

    /// <summary>The purchases around midnight; set when the step has run.</summary>
    public DemoMidnight Midnight { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        _channel = GrpcChannel.ForAddress(server.Address);
        _owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        Caller = new DemoCaller(new AuthorisationService.AuthorisationServiceClient(_channel), output);
        Activations = new ActivationService.ActivationServiceClient(_channel);
        Data = new DemoData(new Provisioner(_owner));
        Midnight = new DemoMidnight(Data, data.Places, Caller, clock, output);

        var profile = OperatorProfile.All[0];
        var code = profile.Terms.Code;
        var first = await Data.AddAppAsync(data.Places[code], "Första Anropet");
        await Caller.WarmUpAsync(first, profile, data.Operators[code].AppBackendToken, cancel);
        if (clock.IsNearMidnight && clock.Left < AdminStart)
        {
            await Midnight.ShowAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        _channel?.Dispose();
        if (_owner is { } owner)
        {
            _owner = null;
            await owner.DisposeAsync();
        }
    }
}

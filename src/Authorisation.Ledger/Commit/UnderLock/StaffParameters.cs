using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Commit.UnderLock;

/// <summary>
/// The members of staff that made the operations of a batch, as arrays. Used by one lane at a time.
/// </summary>
internal sealed class StaffParameters
{
    private readonly List<Guid> _operations = [];
    private readonly List<Guid> _persons = [];
    private readonly List<string> _emails = [];
    private readonly List<string?> _addresses = [];

    /// <summary>Takes on those of some operations that a person did.</summary>
    public void Set(IReadOnlyList<(OperationEntry Operation, int OperatorId)> operations)
    {
        _operations.Clear();
        _persons.Clear();
        _emails.Clear();
        _addresses.Clear();
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].Operation.Request is { Staff: { } person } request)
            {
                _operations.Add(request.Id);
                _persons.Add(person.PersonId);
                _emails.Add(person.Email);
                _addresses.Add(person.Address);
            }
        }
    }

    /// <summary>Adds the parameters; what is set later is what is sent.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(ArrayParameter.Of(_operations, NpgsqlDbType.Uuid));
        parameters.Add(ArrayParameter.Of(_persons, NpgsqlDbType.Uuid));
        parameters.Add(ArrayParameter.Of(_emails, NpgsqlDbType.Text));
        parameters.Add(ArrayParameter.Of(_addresses, NpgsqlDbType.Text));
    }
}

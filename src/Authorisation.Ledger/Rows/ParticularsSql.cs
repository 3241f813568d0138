namespace Authorisation.Ledger.Rows;

/// <summary>What purchases are invoiced with, as text of SQL.</summary>
public static class ParticularsSql
{
    /// <summary>
    /// The particulars in force of the account <c>a</c>, whose row of particulars is <c>t</c>, organisation <c>g</c> and
    /// department <c>d</c>. Adds a row where there is none that says what these say. A traveller's name is not compared: a
    /// change of it points the few accounts at another row.
    /// </summary>
    public const string InForce = """
        case when (t.organisation_name, t.department_name, t.billing_reference, t.cost_centre)
                    is not distinct from (g.name, d.name, d.billing_reference, d.cost_centre)
          then a.particulars_id
          else particulars_in_force(a.particulars_id)
        end
        """;
}

using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Authorisation.Admin.Web;

/// <summary>
/// What the fields of a body are marked with, on the property or on the parameter of the record that it comes from.
/// </summary>
internal static class BodyFields
{
    /// <summary>The mark of a kind that a field has; null when it has none.</summary>
    public static T? MarkOf<T>(this JsonPropertyInfo field)
        where T : Attribute => MarkOf<T>(field.AttributeProvider) ?? MarkOf<T>(field.AssociatedParameter?.AttributeProvider);

    // Inherited marks count: what adds a department has the fields of what changes one.
    private static T? MarkOf<T>(ICustomAttributeProvider? provider)
        where T : Attribute => provider switch
        {
            MemberInfo member => member.GetCustomAttribute<T>(inherit: true),
            ParameterInfo parameter => parameter.GetCustomAttribute<T>(inherit: true),
            _ => null,
        };
}

namespace Authorisation.Admin.Web;

/// <summary>
/// Marks a field of a change that null clears. Of any other field null is the same as not sending it, or is refused.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class ClearableAttribute : Attribute;

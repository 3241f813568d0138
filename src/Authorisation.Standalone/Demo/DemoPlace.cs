namespace Authorisation.Standalone.Demo;

/// <summary>Where travellers of the demo belong: a department of a customer of an operator.</summary>
internal readonly record struct DemoPlace(int OperatorId, Guid OrganisationId, Guid DepartmentId);

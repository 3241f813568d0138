namespace Authorisation.Admin.Web;

/// <summary>
/// Ends a request for what is wrong with it as a request of HTTP, before any operation has to do with it.
/// </summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The code by which programs distinguish problems.</param>
/// <param name="detail">What happened, for people.</param>
internal sealed class HttpProblemException(int status, string code, string detail) : Exception(detail)
{
    /// <summary>As it is sent.</summary>
    public Problem Problem => Problem.Of(status, code, Message);
}

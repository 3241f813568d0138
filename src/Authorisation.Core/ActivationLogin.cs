namespace Authorisation.Core;

/// <summary>What a traveller types beside the code to connect an app. Stored; the numbers never change.</summary>
public enum ActivationLogin
{
    /// <summary>A user name that came with the code.</summary>
    UserName = 1,

    /// <summary>The traveller's e-mail address.</summary>
    Email = 2,

    /// <summary>The traveller's mobile number.</summary>
    Mobile = 3,
}

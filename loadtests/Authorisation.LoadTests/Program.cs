using Authorisation.LoadTests.Session;

return await LoadCommand.Create().Parse(args).InvokeAsync();

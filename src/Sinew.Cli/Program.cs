using Sinew.Cli.Commands;
using Sinew.Cli.Frame;

return await CommandLine.RunAsync(Verbs.All(), args).ConfigureAwait(false);

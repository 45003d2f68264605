//! `countermark completions`: what a shell needs to complete the command line.

use crate::output::{Failure, print};
use clap::Command;
use clap_complete::{Shell, generate};

/// Print what a shell needs to complete this command
///
/// For bash: `countermark completions bash > ~/.local/share/bash-completion/completions/countermark`. For zsh, into a file
/// `_countermark` of a folder of $fpath; for fish, into `~/.config/fish/completions/countermark.fish`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &Args, mut command: Command) -> Result<(), Failure> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(args.shell, &mut command, name, &mut script);
    print(&script)
}

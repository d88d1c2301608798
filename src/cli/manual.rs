//! The manual pages: what the command line knows of itself, and what it cannot know: exit codes, variables, files.

use clap::CommandFactory;
use clap_mangen::Man;

use super::Cli;

/// What stands at the end of the program's own page, as a manual page is written.
const MORE: &str = include_str!("../../assets/manual.roff");

/// The manual page of a command, or of the whole program.
///
/// # Errors
/// When there is no such command.
pub fn page(command: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let mut line = Cli::command().disable_help_subcommand(true);
    // Each command is then called as `man` looks for it, and as the program's page names it: impscope-check.
    line.build();
    let mut page = Vec::new();
    let Some(name) = command else {
        let man = Man::new(line);
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        man.render_subcommands_section(&mut page)?;
        page.extend(MORE.bytes());
        man.render_version_section(&mut page)?;
        return Ok(page);
    };
    let Some(found) = line.find_subcommand(name) else {
        let names: Vec<&str> = line.get_subcommands().map(clap::Command::get_name).collect();
        anyhow::bail!("there is no command {name:?}; there are {}", names.join(", "));
    };
    Man::new(found.clone()).render(&mut page)?;
    Ok(page)
}

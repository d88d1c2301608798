//! The themes that there are: those of `assets/themes`, and over them those of the configuration. A theme is a table of
//! roles; one that has a `base` names only what differs.

use serde::Deserialize;
use toml::{Table, Value};

use super::theme::{ConsoleThemes, Means, Theme, ThemeName};

/// The tables in which a theme says what the console's pane has of its own.
const IN_CONSOLE: [&str; 3] = ["console", "console_in", "console_out"];

/// The themes that there are, for this terminal.
#[derive(Debug, Clone, Default)]
pub struct Themes {
    /// The theme for this terminal's ground: what the ones that are made for a pane alone stand on.
    ground: ThemeName,
    means: Means,
    own: Vec<(String, Table)>,
}

/// A theme of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTheme {
    /// Its name.
    pub name: String,
    /// The theme that it changes; none: the one for the terminal's ground.
    pub base: Option<String>,
    /// What it changes: role and style, each with its place in the file.
    pub changes: Vec<Change>,
    /// Where it stands: file and line.
    pub place: String,
}

/// One change of a theme.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The table in which it stands: `console_in`; none: the theme's own.
    pub table: Option<String>,
    /// The role.
    pub role: String,
    /// Its style.
    pub look: Value,
    /// Where it stands: file and line.
    pub place: String,
}

impl Themes {
    /// The themes of the program on a terminal for whose ground this theme is.
    pub fn new(ground: ThemeName, means: Means) -> Self {
        Self { ground, means, own: Vec::new() }
    }

    /// Adds a theme of the configuration. A later one of the same name goes over an earlier one.
    ///
    /// # Errors
    /// When its base is not known, or a role or a style is none: with its place.
    pub fn add(&mut self, own: &OwnTheme) -> Result<(), String> {
        let base = own.base.as_deref();
        let mut table = match base {
            Some(base) => self.table(base).ok_or_else(|| {
                format!("{}: there is no theme {base:?}; there are {}", own.place, self.listed())
            })?,
            None => basic(self.ground),
        };
        for change in &own.changes {
            change.make(&mut table)?;
        }
        // Each change was looked at by itself.
        build(table.clone(), self.means).map_err(|why| format!("{}: {}", own.place, why.message()))?;
        self.own.retain(|(name, _)| *name != own.name);
        self.own.push((own.name.clone(), table));
        Ok(())
    }

    /// The theme of this name.
    pub fn theme(&self, name: &str) -> Option<Theme> {
        build(self.table(name)?, self.means).ok()
    }

    /// The theme for this terminal's ground.
    pub fn usual(&self) -> ThemeName {
        self.ground
    }

    /// All names.
    pub fn names(&self) -> Vec<&str> {
        let own = self.own.iter().map(|(name, _)| name.as_str()).filter(|name| !OURS.contains(name));
        OURS.into_iter().chain(own).collect()
    }

    /// All names, as a sentence has them.
    pub fn listed(&self) -> String {
        let names = self.names();
        let (last, rest) = names.split_last().map_or(("", &[][..]), |(last, rest)| (*last, rest));
        format!("{} and {last}", rest.join(", "))
    }

    fn table(&self, name: &str) -> Option<Table> {
        if let Some((_, table)) = self.own.iter().find(|(own, _)| own == name) {
            return Some(table.clone());
        }
        if let Some(name) = ThemeName::named(name) {
            return Some(basic(name));
        }
        let (_, text) = FOR_THE_CONSOLE.into_iter().find(|(own, _)| *own == name)?;
        let mut table = basic(self.ground);
        table.extend(read(text));
        Some(table)
    }
}

/// The themes that come with the program.
const OURS: [&str; 5] = ["dark", "light", "mono", "psi", "psi-classic"];

/// Of them, those that say only how the console's pane looks.
const FOR_THE_CONSOLE: [(&str, &str); 2] = [
    ("psi", include_str!("../../assets/themes/psi.toml")),
    ("psi-classic", include_str!("../../assets/themes/psi-classic.toml")),
];

fn read(text: &str) -> Table {
    text.parse().expect("the themes in assets are read by a test")
}

fn basic(name: ThemeName) -> Table {
    read(name.source())
}

impl Change {
    fn make(&self, table: &mut Table) -> Result<(), String> {
        let roles: Vec<String> =
            table.keys().filter(|role| !IN_CONSOLE.contains(&role.as_str())).cloned().collect();
        let within = match &self.table {
            None => table,
            Some(name) if IN_CONSOLE.contains(&name.as_str()) => {
                let within = table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
                within.as_table_mut().ok_or_else(|| format!("{}: {name} is a table of roles", self.place))?
            }
            Some(name) => return Err(format!("{}: a theme has no table {name:?}", self.place)),
        };
        if !roles.contains(&self.role) && self.role != "ground" {
            let roles = roles.join(", ");
            return Err(format!("{}: a theme has no role {:?}; there are {roles}, ground", self.place, self.role));
        }
        super::theme::Look::deserialize(self.look.clone()).map_err(|_| {
            format!(
                "{}: {}: give a style such as {{ fg = \"light_red\", bold = true }}: fg, bg, bold, dim, underlined, reversed",
                self.place, self.role
            )
        })?;
        within.insert(self.role.clone(), self.look.clone());
        Ok(())
    }
}

/// A theme from its table.
fn build(mut table: Table, means: Means) -> Result<Theme, toml::de::Error> {
    let [pane, incoming, out] = IN_CONSOLE.map(|name| table.remove(name));
    let one = |table: &Table| -> Result<Theme, toml::de::Error> {
        let mut theme = Theme::deserialize(Value::Table(table.clone()))?;
        theme.means = means;
        Ok(theme)
    };
    let mut theme = one(&table)?;
    if pane.is_some() || incoming.is_some() || out.is_some() {
        let pane = over(&table, pane);
        let (incoming, out) = (over(&pane, incoming), over(&pane, out));
        theme.console =
            Some(Box::new(ConsoleThemes { pane: one(&pane)?, incoming: one(&incoming)?, out: one(&out)? }));
    }
    Ok(theme)
}

/// A theme of the console's over the one around it. On a ground of its own, what it does not name is plain: colours
/// that were chosen for another ground may not be readable on it.
fn over(under: &Table, more: Option<Value>) -> Table {
    let mut table = under.clone();
    let Some(Value::Table(more)) = more else { return table };
    if more.contains_key("ground") {
        for look in table.iter_mut().filter_map(|(_, look)| look.as_table_mut()) {
            look.retain(|what, _| !["fg", "bg", "bold", "dim"].contains(&what));
        }
    }
    table.extend(more);
    table
}

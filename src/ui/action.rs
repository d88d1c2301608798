//! What a key can ask for, and what the program outside of the screen is asked to do.

use crossterm::event::KeyEvent;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::hands::LongCopy;
use super::input::EditAct;
use super::playback::PlayAct;
use super::sift::SearchAct;
use super::typed::Typed;
use crate::discovery::Again;
use crate::journal::{OpId, Stage};

/// What the user asked of the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// About the login of the selected node.
    Login(LoginAct),
    /// Asks the selected item once more.
    AskAgain,
    /// Opens something over the panes.
    Open(Page),
    /// Moves in what has the keys.
    Move(Motion),
    /// Changes how something is shown.
    Show(Show),
    /// About a search that is on.
    Search(SearchAct),
    /// About the popup on top.
    Popup(PopupAct),
    /// About the recording that is shown.
    Replay(PlayAct),
    /// About the rows of the console.
    Rows(RowsAct),
    /// Saves a report of the run.
    SaveReport,
    /// Another theme, for this run: this one, or the next.
    Theme(Option<String>),
    /// A key for a text field.
    Type(KeyEvent),
    /// Pasted text. It is never sent by itself.
    Paste(Typed),
    /// Ends the program; asks first while a login runs.
    Quit,
    /// Ends the program.
    QuitNow,
    /// Stops the program and gives the terminal to the shell that started it.
    Suspend,
}

/// About the login of the selected node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginAct {
    /// Send what is proposed, and nothing more.
    Next,
    /// Go on until something stops it.
    Continue,
    /// Begin anew, stepping.
    Retry,
    /// Begin anew, run to the stage that is selected, stop before it.
    RetryToHere,
    /// End it cleanly.
    Abort,
}

/// What opens over the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// All keys.
    Help,
    /// All findings.
    Findings,
    /// What the chosen entry is.
    Explain,
    /// Breakpoints.
    Breakpoints,
    /// The proposal's editor.
    Editor,
    /// XML Input.
    XmlInput,
    /// What the login, or the selected item, asks.
    Question,
    /// The password, typed anew or for the first time.
    Password,
    /// The administrator's password.
    AdminPassword,
    /// A field for what `utils ha status` printed.
    HaStatus,
    /// All nodes side by side, and the question whether the rest is asked.
    AllNodes,
    /// The control experiment on the shown node, and the question whether it is made.
    Control,
    /// All actions, to search in.
    Palette,
    /// The filter line.
    Filter,
    /// The search's prompt.
    Search,
    /// The ladder of what passed.
    Ladder,
    /// The change text of the selected finding, or the next one.
    Change,
    /// A watch across a restart: begun from a change text, else the newest is shown.
    Watch,
}

/// A movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// To the item above, or closes it.
    Left,
    /// Opens the item.
    Right,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the beginning.
    Top,
    /// To the end.
    End,
    /// Into what is selected.
    Enter,
}

/// A change of what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// The other pane gets the keys.
    OtherPane,
    /// One pane gets all the room, and back.
    Zoom,
    /// XML as it was on the wire, or indented.
    Raw,
    /// The mouse is taken, or left to the terminal.
    Mouse,
}

/// About the popup on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopupAct {
    /// Close it.
    Close,
    /// Yes to its question.
    Yes,
    /// Yes, and keep it beyond this run.
    Keep,
    /// Send its text.
    Send,
    /// Set or clear what is selected.
    Toggle,
    /// The other column.
    Side,
    /// From a list into what belongs to the selected row: a finding's evidence.
    Into,
    /// Back to the list.
    Out,
    /// To what is selected, in tree and console.
    Jump,
    /// Copy what is selected.
    Copy,
    /// Do what is selected in the palette.
    Run,
    /// In an editor, or in the list over it.
    Edit(EditAct),
    /// Tick or clear the box of this number.
    Tick(usize),
}

/// About the rows of the console; the first three have PSI's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsAct {
    /// Enable, off and on.
    Enable,
    /// All that passed is shown again.
    DumpRing,
    /// The view is emptied.
    Clear,
    /// The view stands still, or goes on.
    Freeze,
    /// A mark is set at the row, or taken away.
    Mark,
    /// To the next mark.
    NextMark,
    /// A range begins at the row, or ends.
    Range,
    /// The range ends.
    EndRange,
    /// The range, else the selected row, is copied.
    Copy,
    /// The same in PSI's format.
    CopyPsi,
    /// All rows in sight are copied.
    CopyView,
    /// The row is folded one step further, or shown whole again.
    Fold,
}

/// An action's name in `assets/keys.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is explained where the action is")]
pub enum ActionName {
    QuitNow,
    Suspend,
    Quit,
    Next,
    Continue,
    Retry,
    RetryToHere,
    Abort,
    Edit,
    XmlInput,
    Breakpoints,
    Question,
    Password,
    AdminPassword,
    HaStatus,
    Again,
    Findings,
    Explain,
    Help,
    Pane,
    Zoom,
    Raw,
    Enter,
    Left,
    Right,
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    End,
    Close,
    Yes,
    Keep,
    Send,
    Toggle,
    Side,
    Into,
    Out,
    Jump,
    Copy,
    SaveReport,
    AllNodes,
    Control,
    Palette,
    Run,
    Mouse,
    Theme,
    Templates,
    TakeTemplate,
    Older,
    Newer,
    FillId,
    Undo,
    Redo,
    Filter,
    Search,
    NextHit,
    PreviousHit,
    EndSearch,
    SearchKeys,
    Tick1,
    Tick2,
    Tick3,
    Tick4,
    Tick5,
    TypeJid,
    Enable,
    DumpRing,
    Clear,
    Freeze,
    Mark,
    NextMark,
    Range,
    EndRange,
    CopyRows,
    CopyPsi,
    CopyView,
    Fold,
    Ladder,
    Change,
    Watch,
    #[serde(untagged)]
    Replay(PlayAct),
}

impl ActionName {
    /// The action of this name.
    #[expect(clippy::too_many_lines, reason = "a line for each action")]
    pub fn action(self) -> Action {
        match self {
            Self::QuitNow => Action::QuitNow,
            Self::Suspend => Action::Suspend,
            Self::Quit => Action::Quit,
            Self::Next => Action::Login(LoginAct::Next),
            Self::Continue => Action::Login(LoginAct::Continue),
            Self::Retry => Action::Login(LoginAct::Retry),
            Self::RetryToHere => Action::Login(LoginAct::RetryToHere),
            Self::Abort => Action::Login(LoginAct::Abort),
            Self::Edit => Action::Open(Page::Editor),
            Self::XmlInput => Action::Open(Page::XmlInput),
            Self::Breakpoints => Action::Open(Page::Breakpoints),
            Self::Question => Action::Open(Page::Question),
            Self::Password => Action::Open(Page::Password),
            Self::AdminPassword => Action::Open(Page::AdminPassword),
            Self::HaStatus => Action::Open(Page::HaStatus),
            Self::Again => Action::AskAgain,
            Self::Findings => Action::Open(Page::Findings),
            Self::Explain => Action::Open(Page::Explain),
            Self::Help => Action::Open(Page::Help),
            Self::Pane => Action::Show(Show::OtherPane),
            Self::Zoom => Action::Show(Show::Zoom),
            Self::Raw => Action::Show(Show::Raw),
            Self::Enter => Action::Move(Motion::Enter),
            Self::Left => Action::Move(Motion::Left),
            Self::Right => Action::Move(Motion::Right),
            Self::Up => Action::Move(Motion::Up),
            Self::Down => Action::Move(Motion::Down),
            Self::PageUp => Action::Move(Motion::PageUp),
            Self::PageDown => Action::Move(Motion::PageDown),
            Self::Top => Action::Move(Motion::Top),
            Self::End => Action::Move(Motion::End),
            Self::Close => Action::Popup(PopupAct::Close),
            Self::Yes => Action::Popup(PopupAct::Yes),
            Self::Keep => Action::Popup(PopupAct::Keep),
            Self::Send => Action::Popup(PopupAct::Send),
            Self::Toggle => Action::Popup(PopupAct::Toggle),
            Self::Side => Action::Popup(PopupAct::Side),
            Self::Into => Action::Popup(PopupAct::Into),
            Self::Out => Action::Popup(PopupAct::Out),
            Self::Jump => Action::Popup(PopupAct::Jump),
            Self::Copy => Action::Popup(PopupAct::Copy),
            Self::SaveReport => Action::SaveReport,
            Self::AllNodes => Action::Open(Page::AllNodes),
            Self::Control => Action::Open(Page::Control),
            Self::Palette => Action::Open(Page::Palette),
            Self::Run => Action::Popup(PopupAct::Run),
            Self::Mouse => Action::Show(Show::Mouse),
            Self::Theme => Action::Theme(None),
            Self::Templates => Action::Popup(PopupAct::Edit(EditAct::Templates)),
            Self::TakeTemplate => Action::Popup(PopupAct::Edit(EditAct::Take)),
            Self::Older => Action::Popup(PopupAct::Edit(EditAct::Older)),
            Self::Newer => Action::Popup(PopupAct::Edit(EditAct::Newer)),
            Self::FillId => Action::Popup(PopupAct::Edit(EditAct::FillId)),
            Self::Undo => Action::Popup(PopupAct::Edit(EditAct::Undo)),
            Self::Redo => Action::Popup(PopupAct::Edit(EditAct::Redo)),
            Self::Replay(act) => Action::Replay(act),
            Self::Filter => Action::Open(Page::Filter),
            Self::Search => Action::Open(Page::Search),
            Self::NextHit => Action::Search(SearchAct::Next),
            Self::PreviousHit => Action::Search(SearchAct::Previous),
            Self::EndSearch => Action::Search(SearchAct::End),
            Self::SearchKeys => Action::Search(SearchAct::Keys),
            Self::Tick1 => Action::Popup(PopupAct::Tick(0)),
            Self::Tick2 => Action::Popup(PopupAct::Tick(1)),
            Self::Tick3 => Action::Popup(PopupAct::Tick(2)),
            Self::Tick4 => Action::Popup(PopupAct::Tick(3)),
            Self::Tick5 => Action::Popup(PopupAct::Tick(4)),
            Self::TypeJid => Action::Popup(PopupAct::Tick(5)),
            Self::Enable => Action::Rows(RowsAct::Enable),
            Self::DumpRing => Action::Rows(RowsAct::DumpRing),
            Self::Clear => Action::Rows(RowsAct::Clear),
            Self::Freeze => Action::Rows(RowsAct::Freeze),
            Self::Mark => Action::Rows(RowsAct::Mark),
            Self::NextMark => Action::Rows(RowsAct::NextMark),
            Self::Range => Action::Rows(RowsAct::Range),
            Self::EndRange => Action::Rows(RowsAct::EndRange),
            Self::CopyRows => Action::Rows(RowsAct::Copy),
            Self::CopyPsi => Action::Rows(RowsAct::CopyPsi),
            Self::CopyView => Action::Rows(RowsAct::CopyView),
            Self::Fold => Action::Rows(RowsAct::Fold),
            Self::Ladder => Action::Open(Page::Ladder),
            Self::Change => Action::Open(Page::Change),
            Self::Watch => Action::Open(Page::Watch),
        }
    }
}

/// What the screen asks of the program around it: of the engine, or of the program alone. A recording has no engine;
/// its loop can take no [`Live`] (`handle_recording`).
#[derive(Debug, Clone)]
pub enum Effect {
    /// It sends nothing.
    Local(Local),
    /// It needs an engine.
    Live(Live),
}

/// What the program does by itself: nothing of it sends anything.
#[derive(Debug, Clone)]
pub enum Local {
    /// End the program.
    Quit,
    /// Stop the program, for its shell.
    Suspend,
    /// Copy this text, and keep it in a file.
    Copy(Copied, String),
    /// Copy more rows than can be written between two keys.
    CopyLong(LongCopy),
    /// Save a report of the run.
    SaveReport,
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
}

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// A finding in full.
    Finding,
    /// One row of the console with what was sent or received.
    Stanza,
    /// One that tells of silence or breakage.
    Silence,
    /// One that tells of an event.
    Event,
    /// A range of them.
    Range,
    /// All rows in sight.
    View,
    /// A change text.
    Change,
    /// What a watch has seen.
    Watch,
}

impl Copied {
    /// Its word, in a file's name as well.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Stanza => "stanza",
            Self::Silence => "silence",
            Self::Event => "event",
            Self::Range => "range",
            Self::View => "view",
            Self::Change => "change",
            Self::Watch => "watch",
        }
    }
}

/// What only an engine can do: each may send something, or changes what is sent.
#[derive(Debug, Clone)]
pub enum Live {
    /// Begin a login on this node, or begin it anew.
    Login {
        /// The node.
        host: String,
        /// Its port.
        port: u16,
        /// Run by itself up to here and stop before it; none: stop before every write.
        run_to: Option<Stage>,
    },
    /// Send the proposal.
    Step(OpId),
    /// Run on.
    Continue(OpId),
    /// Set the breakpoint, or clear it if it is set; true: after the stage.
    Breakpoint(OpId, Stage, bool),
    /// Send this in place of the proposal; secrets are placeholders.
    Edit(OpId, Typed),
    /// Send this as it stands (XML Input).
    Send(OpId, Typed),
    /// Pass over the proposal.
    Skip(OpId),
    /// End the login cleanly.
    Abort(OpId),
    /// The certificate with this fingerprint is accepted on this login's host, for this run.
    Accept(OpId, String),
    /// A credential may cross in clear on this login's host, for this run.
    AllowCleartext(OpId),
    /// This certificate is accepted for this host, for requests and logins alike.
    AcceptHost {
        /// The host that showed it.
        host: String,
        /// The port on which it did.
        port: u16,
        /// `sha256:` and 64 hex digits.
        fingerprint: String,
        /// Keep it in the configuration; else for this run only.
        keep: bool,
    },
    /// One more attempt beyond the limit.
    MoreAttempts(OpId),
    /// The user's password, for this run; the login that asked for it, if one did.
    Password(Option<OpId>, SecretString),
    /// The administrator's password, for this run.
    AdminPassword(SecretString),
    /// What `utils ha status` printed, as it was pasted.
    HaStatus(String),
    /// Ask this once more.
    AskAgain(Again),
    /// The same login on all nodes; the user was told that it takes so many attempts.
    AllNodes {
        /// So many attempts with the user's password.
        attempts: usize,
    },
    /// Watch a service of a node across a restart.
    Watch {
        /// The node.
        host: String,
        /// The service, as Control Center has it.
        service: String,
    },
    /// The control experiment on this node.
    Control {
        /// The node.
        host: String,
        /// Its port.
        port: u16,
        /// So many attempts with the user's password, as the user was told.
        attempts: usize,
    },
}

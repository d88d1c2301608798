//! What a key can ask for.

use crossterm::event::KeyEvent;
use serde::{Deserialize, Serialize};

use super::input::EditAct;
use super::playback::PlayAct;
use super::sift::SearchAct;
use super::typed::Typed;

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

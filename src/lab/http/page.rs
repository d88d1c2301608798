//! An answer before it becomes bytes: status, headers, and what kind of body.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::{Either, Full};
use hyper::body::{Body, Bytes, Frame};
use hyper::ext::ReasonPhrase;
use hyper::header::{
    AGE, CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderName, HeaderValue, LOCATION, SERVER, SET_COOKIE,
    WWW_AUTHENTICATE, X_FRAME_OPTIONS,
};
use hyper::{HeaderMap, Response, StatusCode};

use super::super::literal::fill;
use super::edge::Relayed;
use super::literal;

/// What goes out.
pub(super) type Answer = Response<Either<Either<Full<Bytes>, Unmeasured>, Relayed>>;

/// An answer.
#[derive(Debug)]
pub(super) struct Page {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    /// Instead of the usual words for the status.
    phrase: Option<&'static str>,
    origin: Origin,
    content: Content,
}

/// Whose headers every answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Tomcat,
    /// None beside those that were named.
    Expressway,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Endless,
    /// None, and the client learns it only at the end.
    Nothing,
    /// A host's answer, as it comes.
    Relayed(HeaderMap, Box<Relayed>),
    /// There will be no answer.
    Never,
}

impl Page {
    /// Status 200 with this content type.
    pub(super) fn new(kind: &str, text: impl Into<String>) -> Page {
        let headers = vec![(CONTENT_TYPE, kind.to_owned())];
        let content = Content::Text(text.into());
        Page { status: StatusCode::OK, headers, phrase: None, origin: Origin::Tomcat, content }
    }

    /// Status 200 of an Expressway, with a body.
    pub(super) fn plain(server: &str, kind: &str, text: String) -> Page {
        Page { origin: Origin::Expressway, ..Page::new(kind, text) }.with(SERVER, server.to_owned())
    }

    /// What an Expressway says without a body, in chunks all the same.
    pub(super) fn bare(server: &str, age: &str) -> Page {
        let headers = vec![(SERVER, server.to_owned()), (AGE, age.to_owned())];
        let (origin, content) = (Origin::Expressway, Content::Nothing);
        Page { status: StatusCode::OK, headers, phrase: None, origin, content }
    }

    /// A host's answer, handed on.
    pub(super) fn relayed(status: StatusCode, headers: HeaderMap, body: Relayed) -> Page {
        let content = Content::Relayed(headers, Box::new(body));
        Page { status, headers: Vec::new(), phrase: None, origin: Origin::Expressway, content }
    }

    /// The page for an error.
    pub(super) fn error(status: StatusCode) -> Page {
        let phrase = status.canonical_reason().unwrap_or_default();
        let text = fill(literal::ERROR_PAGE, &[("status", status.as_str()), ("phrase", phrase)]);
        Page { status, ..Page::new(literal::HTML, text) }
    }

    /// 401 with the realm.
    pub(super) fn unauthorized(realm: &str) -> Page {
        Page::error(StatusCode::UNAUTHORIZED).asking(realm)
    }

    pub(super) fn redirect(to: &str) -> Page {
        Page::error(StatusCode::FOUND).with(LOCATION, to.to_owned())
    }

    pub(super) fn endless(kind: &str) -> Page {
        Page { content: Content::Endless, ..Page::new(kind, "") }
    }

    /// No answer at all.
    pub(super) fn never() -> Page {
        Page { content: Content::Never, ..Page::new(literal::HTML, "") }
    }

    /// With `WWW-Authenticate`. The realm is not escaped: it is a scenario's.
    pub(super) fn asking(self, realm: &str) -> Page {
        let value = literal::BASIC.replace("{realm}", realm);
        self.with(WWW_AUTHENTICATE, value)
    }

    pub(super) fn with_cookie(self, cookie: &str, id: &str) -> Page {
        self.with(SET_COOKIE, fill(cookie, &[("id", id)]))
    }

    pub(super) fn with_status(self, status: StatusCode) -> Page {
        Page { status, ..self }
    }

    /// With these words behind the status.
    pub(super) fn called(self, phrase: &'static str) -> Page {
        Page { phrase: Some(phrase), ..self }
    }

    fn with(mut self, name: HeaderName, value: String) -> Page {
        self.headers.push((name, value));
        self
    }

    /// What goes out, if anything does. A value that is none for a header is left out.
    pub(super) fn answer(self) -> Option<Answer> {
        let body = match self.content {
            Content::Text(text) => Either::Left(Either::Left(Full::from(text))),
            Content::Endless => Either::Left(Either::Right(Unmeasured::Endless { begun: false })),
            Content::Nothing => Either::Left(Either::Right(Unmeasured::Nothing)),
            Content::Relayed(headers, body) => {
                let mut answer = Response::new(Either::Right(*body));
                *answer.status_mut() = self.status;
                *answer.headers_mut() = headers;
                return Some(answer);
            }
            Content::Never => return None,
        };
        let mut answer = Response::new(body);
        *answer.status_mut() = self.status;
        if let Some(phrase) = self.phrase {
            answer.extensions_mut().insert(ReasonPhrase::from_static(phrase.as_bytes()));
        }
        let headers = answer.headers_mut();
        let tomcat = [
            (CACHE_CONTROL, literal::CACHE_CONTROL),
            (EXPIRES, literal::EXPIRES),
            (X_FRAME_OPTIONS, literal::FRAME_OPTIONS),
            (SERVER, literal::SERVER_HEADER),
        ];
        for (name, value) in tomcat.into_iter().filter(|_| self.origin == Origin::Tomcat) {
            headers.insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        Some(answer)
    }
}

/// A body whose length is not said before it.
#[derive(Debug)]
pub(super) enum Unmeasured {
    /// It never ends.
    Endless { begun: bool },
    /// It ends at once.
    Nothing,
}

/// How often the text is repeated in one piece.
const REPEATED: usize = 256;

impl Body for Unmeasured {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Unmeasured::Endless { begun } = &mut *self else { return Poll::Ready(None) };
        let (begin, more) = literal::ENDLESS;
        let piece = if *begun { Bytes::from(more.repeat(REPEATED)) } else { Bytes::from_static(begin.as_bytes()) };
        *begun = true;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

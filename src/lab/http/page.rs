//! An answer before it becomes bytes: status, headers, and what kind of body.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::{Either, Full};
use hyper::body::{Body, Bytes, Frame};
use hyper::header::{
    CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderName, HeaderValue, LOCATION, SERVER, SET_COOKIE, WWW_AUTHENTICATE,
    X_FRAME_OPTIONS,
};
use hyper::{Response, StatusCode};

use super::super::literal::fill;
use super::literal;

/// What goes out.
pub(super) type Answer = Response<Either<Full<Bytes>, Endless>>;

/// An answer.
#[derive(Debug)]
pub(super) struct Page {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Endless,
    /// There will be no answer.
    Never,
}

impl Page {
    /// Status 200 with this content type.
    pub(super) fn new(kind: &str, text: impl Into<String>) -> Page {
        let headers = vec![(CONTENT_TYPE, kind.to_owned())];
        Page { status: StatusCode::OK, headers, content: Content::Text(text.into()) }
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

    fn with(mut self, name: HeaderName, value: String) -> Page {
        self.headers.push((name, value));
        self
    }

    /// What goes out, if anything does. A value that is none for a header is left out.
    pub(super) fn answer(self) -> Option<Answer> {
        let body = match self.content {
            Content::Text(text) => Either::Left(Full::from(text)),
            Content::Endless => Either::Right(Endless { begun: false }),
            Content::Never => return None,
        };
        let mut answer = Response::new(body);
        *answer.status_mut() = self.status;
        let headers = answer.headers_mut();
        for (name, value) in [
            (CACHE_CONTROL, literal::CACHE_CONTROL),
            (EXPIRES, literal::EXPIRES),
            (X_FRAME_OPTIONS, literal::FRAME_OPTIONS),
            (SERVER, literal::SERVER_HEADER),
        ] {
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

/// A body that never ends.
#[derive(Debug)]
pub(super) struct Endless {
    begun: bool,
}

/// How often the text is repeated in one piece.
const REPEATED: usize = 256;

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let (begin, more) = literal::ENDLESS;
        let piece =
            if self.begun { Bytes::from(more.repeat(REPEATED)) } else { Bytes::from_static(begin.as_bytes()) };
        self.begun = true;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

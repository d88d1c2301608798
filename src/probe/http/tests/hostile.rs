//! Servers that break the rules: everything is bounded and has its end.

use super::*;
use crate::journal::BodyEnd;

async fn asked(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Seen {
    let site = Site::clear(move |_, _| reply()).await;
    Setup::default().table().ask(site.ask(HttpWhat::Version, "/")).await
}

async fn told(answer: &'static [u8]) -> Seen {
    asked(move || Reply::Last(answer.to_vec())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_read_up_to_a_bound() {
    for head in [&b"HTTP/1.1 200 OK\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"] {
        let seen = asked(move || Reply::Endless(head, vec![b'x'; 65_536])).await;
        let body = seen.facts().find_map(|fact| match fact {
            HttpFact::Body { payload, bytes, end } => Some((payload.wire_len(), *bytes, *end)),
            _ => None,
        });
        let (noted, bytes, end) = body.unwrap();
        assert_eq!((noted, end), (256 * 1024, BodyEnd::Bound));
        assert!(bytes > 1 << 20 && bytes < 2 << 20, "{bytes}");
        assert_eq!(seen.end(), "Broken limit");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_end_is_refused() {
    let seen = asked(|| Reply::Endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n".repeat(100))).await;
    assert_eq!(seen.end(), "Broken limit");
    let seen = asked(|| Reply::Endless(b"HTTP/1.1 200 OK\r\nX: ", vec![b'x'; 4096])).await;
    assert_eq!(seen.end(), "Broken limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn interim_answers_without_end_end_too() {
    let site = Site::clear(|_, _| Reply::Endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n".repeat(50))).await;
    let mut table = Setup { patience: HASTY, ..Setup::default() }.table();
    assert_eq!(table.ask(site.ask(HttpWhat::Version, "/")).await.end(), "TimedOut silent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_named() {
    for (came, begins) in [
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], "it begins: SSH-2.0-OpenSSH_9.2"),
        (b"<html>old</html>\n", "it begins: <html>old</html>"),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", "it begins: HTTP/1.1 2x0 OK"),
        (b"\xff\xfe\x00\n", "it begins: \u{fffd}\u{fffd}"),
    ] {
        let seen = told(came).await;
        assert_eq!(seen.end(), "Broken not HTTP", "{came:?}");
        assert!(seen.outcome().text.unwrap().contains(begins), "{:?}", seen.outcome());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_speaks_first_is_named_too() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 mail.example.test ESMTP\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
    });
    let ask = HttpAsk::new(HttpWhat::Version, format!("http://{address}/"), Vec::new());
    let seen = Setup::default().table().ask(ask).await;
    assert_eq!(seen.end(), "Broken not HTTP", "{:?}", seen.outcome());
    assert!(seen.outcome().text.unwrap().ends_with("220 mail.example.test ESMTP"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_body_is_told_from_one_that_was_cut_off() {
    let seen = told(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabzz\r\n").await;
    assert_eq!(seen.end(), "Broken bad body", "{:?}", seen.outcome());
    let seen = told(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").await;
    assert_eq!(seen.end(), "Broken bad body", "{:?}", seen.outcome());
    for cut in [
        &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
    ] {
        let seen = told(cut).await;
        assert_eq!((seen.body().as_str(), seen.end().as_str()), ("ab", "Lost closed"), "{:?}", seen.outcome());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_closes_without_a_word_is_lost() {
    assert_eq!(told(b"").await.end(), "Lost closed");
    let seen = told(b"HTTP/1.1 200 OK\r\nContent-").await;
    assert_eq!(seen.end(), "Lost closed");
    assert!(seen.outcome().text.unwrap().ends_with("in the head of its answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_behind_an_answer_belong_to_no_other() {
    let twice = format!("{}{}", answer("200 OK", "<one/>"), answer("200 OK", "<forged/>"));
    let site = Site::clear(move |number, _| {
        let said = if number == 1 { twice.clone() } else { answer("200 OK", "<two/>") };
        Reply::Say(said.into_bytes())
    })
    .await;
    let mut table = Setup::default().table();
    assert_eq!(table.ask(site.ask(HttpWhat::Version, "/")).await.body(), "<one/>");
    assert_eq!(table.ask(site.ask(HttpWhat::Version, "/")).await.body(), "<two/>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_that_hides_something_is_not_asked() {
    let site = Site::says(&answer("200 OK", "")).await;
    let mut ask = site.ask(HttpWhat::User, "/");
    ask.url = ask.url.replace(HOST, &format!("x@{HOST}"));
    assert_eq!(Setup::default().table().ask(ask).await.end(), "Failed URL");
    assert_eq!(site.connections(), 0);
}

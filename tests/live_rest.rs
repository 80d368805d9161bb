//! A live REST API: the request that a stub would have recorded goes over the wire, and what comes back, or does not, is what the journey
//! goes on with. Everything stays on the loopback interface.

#![cfg(test)]
#![cfg(feature = "http")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use b2c_journey::simulate::scenario::StubReply;
use b2c_journey::simulate::{Simulation, UrlMapping};
use b2c_journey::{Execution, Journey, Scenario, Stubs, json};
use common::{RESTFUL, Small, worked_example};
use serde_json::Value as Json;

/// What the server does to one connection.
enum Does {
    Answers(u16, String, String),
    /// Bytes that need not be HTTP.
    Says(&'static [u8]),
    /// These bytes, and then silence on an open connection.
    Stalls(&'static [u8]),
}

/// A server for one test. It ends with the test program.
struct Server {
    address: String,
    /// Request line, headers and body of each request.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `does` is asked with the number of the request, from 0, and the request.
    fn start(does: impl Fn(usize, &str) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let does = Arc::new(does);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, does) = (seen.clone(), does.clone());
                thread::spawn(move || serve(stream, &seen, &*does));
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<String>>, does: &dyn Fn(usize, &str) -> Does) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    let mut length = 0;
    while let Ok(1..) = reader.read_line(&mut request) {
        let line = request.lines().last().unwrap_or_default();
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request.push_str(&String::from_utf8(body).unwrap());
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    // The other side may have gone away.
    let _ = match does(number, &request) {
        Does::Answers(status, headers, body) => {
            write!(stream, "HTTP/1.1 {status} Some\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        }
        Does::Says(bytes) => stream.write_all(bytes),
        Does::Stalls(bytes) => stream.write_all(bytes).map(|()| thread::sleep(Duration::from_secs(20))),
    };
}

fn ok(body: Json) -> Does {
    Does::Answers(200, "Content-Type: application/json\r\n".to_owned(), body.to_string())
}

/// A journey whose step 1 calls an API at this address.
fn journey(url: &str, send_claims_in: &str) -> Journey {
    let api = format!(
        "<Metadata><Item Key=\"ServiceUrl\">{url}</Item><Item Key=\"AuthenticationType\">None</Item>\
         <Item Key=\"AllowInsecureAuthInProduction\">true</Item><Item Key=\"SendClaimsIn\">{send_claims_in}</Item></Metadata>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"session\" PartnerClaimType=\"sessionId\" /></InputClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"riskLevel\" /><OutputClaim ClaimTypeReferenceId=\"score\" /></OutputClaims>"
    );
    Small::default()
        .claim("session", "string", "")
        .claim("riskLevel", "string", "")
        .claim("score", "int", "")
        .profile("Api", RESTFUL, &api)
        .exchange(1, "", "Api")
        .send(2)
        .journey()
}

fn live(journey: &Journey) -> Simulation<'_> {
    let session = "a b&c=é";
    journey.simulation().claim("session", session).stub("Api", Stubs::live()).live_timeout(Duration::from_secs(10))
}

fn outcome(run: &Execution) -> (String, String) {
    let record = serde_json::to_value(run.record()).unwrap();
    let text = |key: &str| record["outcome"][key].as_str().unwrap_or_default().to_owned();
    (text("code"), text("message"))
}

/// The failure by a live API is the one by this stub.
fn check_fails_as(simulation: &Simulation<'_>, stub: impl Into<b2c_journey::simulate::AnyStub>) {
    let run = simulation.run().unwrap();
    run.assert_failed(1);
    let stubbed = simulation.clone().stub("Api", stub).run().unwrap();
    assert_eq!(outcome(&run), outcome(&stubbed));
}

#[test]
fn the_example_runs_against_a_live_risk_api() {
    let server = Server::start(|_, _| ok(json!({ "riskLevel": "LOW", "score": 275 })));
    let journey = worked_example();
    let text =
        "stubs:\n  login-NonInteractive-clientSessionId: { enter: { clientSessionId: 9f1c } }\n  BioCatch-API-GETSCORE: { live: true }\n";
    let scenario = Scenario::parse("live.yaml", text).unwrap().pop().unwrap();
    assert_eq!(scenario.stubs["BioCatch-API-GETSCORE"].replies, [StubReply::Live]);
    let mapping = UrlMapping::new("https://biocatch-url.com", &server.address).unwrap();
    let run = journey.simulation().scenario(&scenario).map_url(mapping).run().unwrap();
    run.assert_issued().assert_skipped(10).assert_token("riskLevel", "LOW").assert_token("score", 275);
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "one call is one request: {requests:?}");
    // What is shown is the policy's own request; what was sent is the same at another address.
    let record = serde_json::to_value(run.record()).unwrap();
    let shown = record["requests"]["BioCatch-API-GETSCORE"][0]["url"].as_str().unwrap().to_owned();
    let path = shown.strip_prefix("https://biocatch-url.com").unwrap();
    assert!(path.contains("customerSessionID=9f1c"), "{shown}");
    assert!(requests[0].starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{}", requests[0]);
}

/// Method, address, headers and body as a stub records them, and no header of the client's own but those that HTTP needs.
fn check_sent(send_claims_in: &str) {
    let server = Server::start(|_, _| ok(json!({ "riskLevel": "LOW" })));
    let journey = journey(&format!("{}/risk?v=1", server.address), send_claims_in);
    let run = live(&journey).run().unwrap();
    run.assert_issued().assert_claim("riskLevel", "LOW");
    let record = serde_json::to_value(run.record()).unwrap();
    let shown = &record["requests"]["Api"][0];
    let sent = server.requests().pop().unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let path = shown["url"].as_str().unwrap().strip_prefix(&server.address).unwrap();
    assert_eq!(lines.next().unwrap(), format!("{} {path} HTTP/1.1", shown["method"].as_str().unwrap()));
    let mut headers: Vec<(String, &str)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, _)| !["host", "content-length", "connection"].contains(&name.as_str()))
        .collect();
    let mut expected: Vec<(String, &str)> =
        shown["headers"].as_object().unwrap().iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().unwrap())).collect();
    headers.sort();
    expected.sort();
    assert_eq!(headers, expected, "{send_claims_in}");
    assert_eq!(body, shown["body"].as_str().unwrap_or_default());
}

#[test]
fn the_request_that_a_stub_would_record_is_sent() {
    for send_claims_in in ["Body", "Form", "Header", "QueryString", "Url"] {
        check_sent(send_claims_in);
    }
}

#[test]
fn an_answer_of_any_status_is_final() {
    let refusal = json!({ "version": "1.0.0", "status": 409, "userMessage": "not today" });
    let answers = [
        (409, refusal.to_string(), "not today"),
        (400, "<html>no</html>".to_owned(), "could not be parsed"),
        (503, String::new(), "ServiceUnavailable"),
        (200, "nonsense".to_owned(), "not a JSON object"),
        (200, json!({ "score": "many" }).to_string(), "score"),
    ];
    for (status, body, words) in answers {
        let answer = body.clone();
        let server = Server::start(move |_, _| Does::Answers(status, String::new(), answer.clone()));
        let journey = journey(&server.address, "Body");
        check_fails_as(&live(&journey), Stubs::restful().raw(status, &body));
        let (_, message) = outcome(&live(&journey).run().unwrap());
        assert!(message.contains(words), "{message}");
        assert_eq!(server.requests().len(), 2, "two runs, one request each");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for send_claims_in in ["QueryString", "Body"] {
        for status in [302, 307] {
            let other = Server::start(|_, _| ok(json!({ "riskLevel": "LOW" })));
            let location = format!("Location: {}/\r\n", other.address);
            let server = Server::start(move |_, _| Does::Answers(status, location.clone(), String::new()));
            check_fails_as(&live(&journey(&server.address, send_claims_in)), Stubs::restful().raw(status, ""));
            assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
        }
    }
}

#[test]
fn a_slow_api_times_out_after_three_tries() {
    for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"riskLevel\":"] {
        let server = Server::start(move |_, _| Does::Stalls(bytes));
        let journey = journey(&server.address, "Body");
        check_fails_as(&live(&journey).live_timeout(Duration::from_millis(200)), Stubs::restful().timeout());
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn the_first_answer_of_the_three_tries_counts() {
    let server = Server::start(|number, _| if number < 2 { Does::Stalls(b"") } else { ok(json!({ "riskLevel": "HIGH" })) });
    let journey = journey(&server.address, "Body");
    live(&journey).live_timeout(Duration::from_secs(1)).run().unwrap().assert_issued().assert_claim("riskLevel", "HIGH");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn what_is_not_http_is_no_connection() {
    for bytes in [&b"nonsense\r\n\r\n"[..], b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"riskLevel\":"] {
        let server = Server::start(move |_, _| Does::Says(bytes));
        check_fails_as(&live(&journey(&server.address, "Body")), Stubs::restful().unreachable());
        assert_eq!(server.requests().len(), 3, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_closed_port_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    check_fails_as(&live(&journey(&address, "Body")), Stubs::restful().unreachable());
}

#[test]
fn an_unknown_name_is_a_failure_of_the_look_up() {
    let journey = journey("https://api.contoso.com/risk", "Body");
    // RFC 6761: names below `invalid` never resolve.
    let mapping = "https://api.contoso.com=http://nowhere.invalid:1".parse::<UrlMapping>().unwrap();
    check_fails_as(&live(&journey).map_url(mapping), Stubs::restful().dns_failure());
}

#[test]
fn successive_calls_can_be_live_or_not() {
    let server = Server::start(|_, _| ok(json!({ "riskLevel": "LOW" })));
    let journey = journey(&server.address, "Body");
    let stub = Stubs::sequence([Stubs::fail("AADB2C90999"), Stubs::live()]);
    live(&journey).stub("Api", stub).run().unwrap().assert_error("AADB2C90999");
    assert!(server.requests().is_empty(), "nothing is sent for a stub that is not live");
    let stub = Stubs::from_fn(|ask| if ask.call() == 0 { Stubs::live() } else { Stubs::fail("AADB2C90999") });
    live(&journey).stub("Api", stub).run().unwrap().assert_claim("riskLevel", "LOW");
    journey.simulation().run().unwrap();
    assert_eq!(server.requests().len(), 1, "the default world sends nothing");
}

#[test]
fn only_rest_apis_can_be_live() {
    let journey = worked_example();
    let error = journey.simulation().stub("PhoneFactor-InputOrVerify", Stubs::live()).run().unwrap_err();
    assert_eq!(error.message, "`PhoneFactor-InputOrVerify` takes no `live`: it is a phone factor");
}

#[test]
fn a_client_certificate_comes_from_the_policy_key() {
    let server = Server::start(|_, _| ok(json!({ "riskLevel": "LOW" })));
    let api = "<Metadata><Item Key=\"ServiceUrl\">https://127.0.0.1:1/</Item><Item Key=\"AuthenticationType\">ClientCertificate</Item></Metadata>\
               <CryptographicKeys><Key Id=\"ClientCertificate\" StorageReferenceId=\"B2C_1A_Cert\" /></CryptographicKeys>\
               <OutputClaims><OutputClaim ClaimTypeReferenceId=\"riskLevel\" /></OutputClaims>";
    let journey = Small::default().claim("riskLevel", "string", "").profile("Api", RESTFUL, api).exchange(1, "", "Api").send(2).journey();
    let live = journey.simulation().stub("Api", Stubs::live()).live_timeout(Duration::from_secs(10));
    for (simulation, words) in [
        (live.clone(), "nothing is said of the policy key `B2C_1A_Cert`"),
        (live.clone().key("b2c_1a_cert", "Pass@word1"), "the policy key `B2C_1A_Cert` holds no certificate"),
    ] {
        let message = simulation.run().unwrap_err().message;
        assert!(message.starts_with("the request to `https://127.0.0.1:1/` cannot be sent: ") && message.contains(words), "{message}");
    }
    // A usable one does not keep the call from being made; nobody listens there.
    let run = live.clone().key("B2C_1A_Cert", include_str!("keys/tls/client.pem")).run().unwrap();
    assert_eq!(outcome(&run), outcome(&journey.simulation().stub("Api", Stubs::restful().unreachable()).run().unwrap()));
    // Without TLS there is nobody to show it to.
    let plain = UrlMapping::new("https://127.0.0.1:1", &server.address).unwrap();
    live.map_url(plain).run().unwrap().assert_issued().assert_claim("riskLevel", "LOW");
}

#[test]
fn a_request_that_cannot_be_sent_is_an_error_of_the_simulation() {
    for url in ["ftp://api.contoso.com/", "no-url", "http:///path"] {
        let error = live(&journey(url, "Body")).run().unwrap_err();
        assert!(error.message.contains("cannot be sent") && error.message.contains(url), "{error}");
    }
}

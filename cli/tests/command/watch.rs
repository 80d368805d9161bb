//! `test --watch`: what is saved is run.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::support::{command_in, folder, root, worked_example};

/// Ample for a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// The command, which is ended with the test.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = command_in(folder, arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        Self { child, lines }
    }

    /// Waits for this line. A file that is caught while it is written may give others before it.
    #[track_caller]
    fn expect(&self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            assert!(!line.contains('\x1b'), "a pipe is no screen: {line:?}");
            if line == wanted {
                return;
            }
            seen.push(line);
        }
        panic!("no `{wanted}` after {seen:?}");
    }
}

const GOOD: &str = "name: a\nexpect: { outcome: issued }\n";
const BAD: &str = "name: a\nexpect: { outcome: error }\n";

#[test]
fn a_change_of_a_scenario_or_a_policy_runs_the_scenarios_again() {
    let mut files = worked_example();
    let party = files.iter().position(|(_, text)| text.contains("<RelyingParty>")).unwrap();
    files.push(("scenarios/a.yaml".into(), GOOD.into()));
    let folder = folder(&files);
    std::fs::create_dir(folder.path().join("scenarios/more")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let running = Running::start(folder.path(), &["test", "--watch"]);
    running.expect("1 passed, 0 failed");
    write("scenarios/a.yaml", BAD);
    running.expect("0 passed, 1 failed");
    write("scenarios/more/b.yaml", GOOD);
    running.expect("1 passed, 1 failed");
    // As many editors save: another file takes the name.
    write("scenarios/a.yaml.new", GOOD);
    std::fs::rename(folder.path().join("scenarios/a.yaml.new"), folder.path().join("scenarios/a.yaml")).unwrap();
    running.expect("2 passed, 0 failed");
    let (policy, text) = &files[party];
    std::fs::write(folder.path().join(policy), "<TrustFrameworkPolicy>").unwrap();
    running.expect("0 passed, 2 failed");
    std::fs::write(folder.path().join(policy), text).unwrap();
    running.expect("2 passed, 0 failed");
}

#[test]
fn a_single_file_is_watched_by_its_name() {
    let folder = folder(&[("a.yaml", GOOD)]);
    let policies = root().join("policies");
    let running = Running::start(folder.path(), &["test", "a.yaml", "--watch", "-p", policies.to_str().unwrap()]);
    running.expect("1 passed, 0 failed");
    std::fs::write(folder.path().join("a.yaml"), BAD).unwrap();
    running.expect("0 passed, 1 failed");
}

use super::*;
use crate::PolicySet;

#[test]
fn worked() {
    let set = PolicySet::from_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
    let journey = set.journey("B2C_1A_signup_signin_biocatch").unwrap();
    let scenarios = journey.generate(&CoverLimits::default());
    println!("{}", Scenario::to_yaml_file(&scenarios));
    let coverage = journey.coverage(&scenarios).unwrap();
    println!("{:?}", coverage.bounded);
    for item in &coverage.items {
        println!(
            "{} {} {:?} {} {}:{} {}",
            item.hits,
            item.reachable,
            item.kind,
            item.what,
            item.at.file,
            item.at.line,
            item.step.as_deref().unwrap_or("-")
        );
    }
    println!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        coverage.steps(),
        coverage.exchanges(),
        coverage.conditions(),
        coverage.mcdc(),
        coverage.validations(),
        coverage.errors()
    );
}

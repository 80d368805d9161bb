use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::DirectorySettings;
use crate::claims::{ClaimValue, Slot};
use crate::engine::{Choices, DirectoryReply, DirectoryRequest, Open};
use crate::provider::call::fixture::{Fixture, shown_fault, shown_findings, span};

const MAIL: &str = "a@b.c";

fn settings(fixture: &Fixture) -> DirectorySettings {
    fixture.with_setup(DirectorySettings::compile).0
}

fn findings(fixture: &Fixture) -> Vec<String> {
    shown_findings(&fixture.with_setup(DirectorySettings::compile).1)
}

fn profile(operation: &str, metadata: &[(&str, &str)]) -> Fixture {
    let mut all = vec![("Operation", operation)];
    all.extend_from_slice(metadata);
    Fixture::new(&all)
}

/// A profile that finds its user by e-mail address and persists a few claims.
fn by_mail(operation: &str, metadata: &[(&str, &str)]) -> Fixture {
    profile(operation, metadata)
        .input("email=signInNames.emailAddress", Some(MAIL.into()))
        .persisted("email=signInNames.emailAddress", |_| {})
        .persisted("name=displayName", |claim| claim.overwrite = false)
        .persisted("objectId", |_| {})
        .persisted("empty=city", |_| {})
        .persisted("none=country", |_| {})
}

fn persisted() -> [Option<ClaimValue>; 5] {
    [Some(MAIL.into()), Some("Ann".into()), Some("id".into()), Some("".into()), None]
}

fn request(fixture: &Fixture) -> DirectoryRequest {
    settings(fixture).request(&fixture.input_values(), &fixture.persisted_values(&persisted()), &fixture.switches).unwrap()
}

fn writes(request: &DirectoryRequest) -> Vec<String> {
    let value = |slot: &Slot| slot.value().map_or_else(|| "null".to_owned(), |value| value.to_json().to_string());
    request.writes.iter().map(|(name, slot)| format!("{name}={}", value(slot))).collect()
}

#[test]
fn a_write_carries_the_persisted_claims_that_have_a_value() {
    let request = request(&by_mail("write", &[]));
    assert_eq!(request.key, ("signInNames.emailAddress".into(), MAIL.into()));
    assert_eq!(writes(&request), ["signInNames.emailAddress=\"a@b.c\"", "displayName=\"Ann\"", "city=\"\""]);
    assert_eq!(request.keep, ["displayName"]);
    assert!(request.empty_clears);
}

#[test]
fn the_last_claim_with_a_value_feeds_a_shared_attribute() {
    let fixture = profile("Write", &[])
        .input("objectId", Some("1".into()))
        .persisted("first=Mail", |_| {})
        .persisted("second=mail", |_| {})
        .persisted("third=mail", |_| {});
    let values = [Some("x".into()), Some("y".into()), None];
    let request = settings(&fixture).request(&fixture.input_values(), &fixture.persisted_values(&values), &fixture.switches).unwrap();
    assert_eq!(writes(&request), ["Mail=\"y\""]);
}

#[test]
fn deleting_claims_clears_every_attribute_but_the_key() {
    assert_eq!(writes(&request(&by_mail("DeleteClaims", &[]))), ["displayName=null", "city=null", "country=null"]);
    assert!(writes(&request(&by_mail("deleteclaimsprincipal", &[]))).is_empty());
    assert!(writes(&request(&by_mail("READ", &[]))).is_empty());
}

#[test]
fn the_flags_say_whether_a_user_may_be_created_or_changed() {
    let (missing, exists) = (("RaiseErrorIfClaimsPrincipalDoesNotExist", "true"), ("RaiseErrorIfClaimsPrincipalAlreadyExists", "true"));
    for (operation, metadata, create, update) in [
        ("Write", &[][..], true, true),
        ("Write", &[missing], false, true),
        ("Write", &[exists], true, false),
        ("DeleteClaims", &[exists], false, true),
        ("Read", &[exists], false, true),
    ] {
        let request = request(&by_mail(operation, metadata));
        assert_eq!((request.may_create, request.may_update), (create, update), "{operation} {metadata:?}");
    }
}

#[test]
fn a_key_without_a_value_is_fatal() {
    let fixture = profile("Read", &[]).input("alternativeSecurityId", None);
    let fault = settings(&fixture).request(&fixture.input_values(), &[], &fixture.switches).unwrap_err();
    assert_eq!(
        shown_fault(&fault),
        "AADB2C90037: The claim type \"alternativeSecurityId\", designated as the identifier claim type, could not be found in the claims \
         collection for the claims principal in tenant id \"contoso.onmicrosoft.com\"."
    );
    assert_eq!(fault.at, Some(span(1000)));
}

#[test]
fn persisting_an_empty_text_is_an_open_point() {
    let write = by_mail("Write", &[]);
    let choices = |fixture: &Fixture, values: &[Option<ClaimValue>]| settings(fixture).choices(&fixture.persisted_values(values));
    assert_eq!(choices(&write, &persisted()).iter().collect::<Vec<_>>(), [Open(15)]);
    assert_eq!(choices(&write, &[Some(MAIL.into()), None]), Choices::default());
    assert_eq!(choices(&by_mail("Read", &[]), &persisted()), Choices::default());
    assert!(!request(&by_mail("Write", &[]).switch(|switches| switches.empty_clears_attribute = false)).empty_clears);
}

#[test]
fn settings_are_checked_in_the_words_of_the_service() {
    let operation = "error[B2C0503]: Profile 'Profile' contains the unsupported request operation 'Upsert'. Expected one of 'Read', \
                     'Write', 'DeleteClaims' or 'DeleteClaimsPrincipal'.";
    assert_eq!(findings(&profile("Upsert", &[]).input("objectId", None)), [operation]);
    let one = "error[B2C0508]: Profile 'Profile' must contain exactly one input claim.";
    assert_eq!(findings(&profile("Read", &[])), [one]);
    assert_eq!(findings(&profile("Read", &[]).input("a", None).input("b", None)), [one]);
    assert_eq!(
        findings(&Fixture::new(&[]).input("objectId", None)),
        ["error[B2C0501]: Profile 'Profile' does not contain the required metadata key 'Operation'."]
    );
    assert!(findings(&by_mail("Write", &[])).is_empty());
    assert_eq!(
        findings(&profile("Write", &[]).input("objectId", None).persisted("city", |_| {})),
        ["warning[B2C0508]: the operation Write needs its key `objectId` among the persisted claims too"]
    );
}

#[test]
fn custom_attributes_need_the_extensions_app() {
    let extension = |metadata: &[(&str, &str)]| findings(&profile("Read", metadata).input("objectId", None).output("extension_plan"));
    let missing = |key: &str| {
        format!(
            "error[B2C0505]: A required Metadata item with key \"{key}\" was not found in the TechnicalProfile with id \"Profile\" in \
             policy \"B2C_1A_policy\" of tenant \"contoso.onmicrosoft.com\"."
        )
    };
    assert_eq!(extension(&[]), [missing("ApplicationObjectId")]);
    assert_eq!(extension(&[("ApplicationObjectId", "1")]), [missing("ClientId")]);
    assert_eq!(extension(&[("ClientId", "1"), ("ApplicationObjectId", "")]), [missing("ApplicationObjectId")]);
    assert!(extension(&[("ClientId", "1"), ("ApplicationObjectId", "2")]).is_empty());
}

fn attributes(value: Json) -> Arc<Map<String, Json>> {
    Arc::new(value.as_object().unwrap().clone())
}

fn reader(operation: &str, metadata: &[(&str, &str)]) -> Fixture {
    profile(operation, metadata)
        .output("objectId")
        .output("name=displayName")
        .output("city")
        .output("newUser:boolean=newClaimsPrincipalCreated")
        .output("isNew=newClaimsPrincipalCreated")
}

fn outcome(fixture: &Fixture, reply: &DirectoryReply) -> Result<Vec<String>, String> {
    let returned = fixture.with_call(|call| settings(fixture).outcome(call, reply));
    returned.map(|returned| fixture.shown(&returned.outputs)).map_err(|fault| shown_fault(&fault))
}

#[test]
fn attributes_become_output_claims() {
    let user = attributes(json!({ "ObjectId": "1", "displayName": "Ann", "city": null }));
    let (found, created) = (DirectoryReply::Found { attributes: user.clone() }, DirectoryReply::Created { attributes: user });
    let known = ["objectId=\"1\"", "name=\"Ann\""].map(str::to_owned);
    assert_eq!(outcome(&reader("Read", &[]), &found).unwrap(), known);
    let with = |new: [&str; 2]| [known.to_vec(), new.map(str::to_owned).to_vec()].concat();
    assert_eq!(outcome(&reader("Write", &[]), &found).unwrap(), with(["newUser=false", "isNew=\"False\""]));
    assert_eq!(outcome(&reader("Write", &[]), &created).unwrap(), with(["newUser=true", "isNew=\"True\""]));
    assert_eq!(outcome(&reader("DeleteClaimsPrincipal", &[]), &DirectoryReply::Deleted).unwrap(), [""; 0]);
    assert!(outcome(&reader("Read", &[]).output("x").required(), &found).is_err());
}

#[test]
fn a_user_that_is_missing_is_an_error_only_when_asked_for() {
    let flag = ("RaiseErrorIfClaimsPrincipalDoesNotExist", "true");
    let message = ("UserMessageIfClaimsPrincipalDoesNotExist", "unknown");
    let missing = |fixture: Fixture| outcome(&fixture, &DirectoryReply::NotFound);
    assert_eq!(missing(reader("Read", &[])), Ok(vec![]));
    assert_eq!(missing(reader("Read", &[]).output("x").required()), Ok(vec![]));
    for operation in ["Read", "Write", "DeleteClaims", "DeleteClaimsPrincipal"] {
        assert_eq!(
            missing(reader(operation, &[flag])),
            Err("AADB2C99002: User doesn't exist. Please sign up before you can sign in.".to_owned())
        );
    }
    assert_eq!(missing(reader("Read", &[flag, message])), Err("AADB2C99002: unknown".to_owned()));
    assert_eq!(
        missing(reader("Read", &[flag]).on_page(&[])),
        Err("AADB2C99002: A user with the specified credential could not be found.".to_owned())
    );
    assert_eq!(missing(reader("Read", &[flag]).on_page(&[message])), Err("AADB2C99002: unknown".to_owned()));
}

#[test]
fn a_user_that_exists_is_an_error_for_a_write_when_asked_for() {
    let flag = ("RaiseErrorIfClaimsPrincipalAlreadyExists", "true");
    let message = ("UserMessageIfClaimsPrincipalAlreadyExists", "taken");
    let user = attributes(json!({}));
    let found = |fixture: Fixture| outcome(&fixture, &DirectoryReply::Found { attributes: user.clone() });
    assert!(found(reader("Read", &[flag])).is_ok());
    assert!(outcome(&reader("Write", &[flag]), &DirectoryReply::Created { attributes: user.clone() }).is_ok());
    let documented = "AADB2C99001: This user already exists, and profile 'Profile' does not allow the same user to be created again.";
    assert_eq!(found(reader("Write", &[flag, message])), Err(documented.to_owned()));
    assert_eq!(
        found(reader("Write", &[flag]).on_page(&[])),
        Err("AADB2C99001: A user with the specified ID already exists. Please choose a different one.".to_owned())
    );
    assert_eq!(found(reader("Write", &[flag, message]).on_page(&[])), Err("AADB2C99001: taken".to_owned()));
}

#[test]
fn a_refused_write_keeps_its_reason() {
    let masked =
        "AADB2C90037: An error occurred while processing the request. Please contact administrator of the site you are trying to access.";
    let refused = |reason: &str| outcome(&reader("Write", &[]), &DirectoryReply::Refused(reason.into())).unwrap_err();
    assert_eq!(refused("weak password"), format!("{masked} (weak password)"));
    assert_eq!(refused(""), masked);
}

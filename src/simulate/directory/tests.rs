use serde_json::json;

use super::*;
use crate::claims::{ClaimValue, Identity, Slot};

/// The users of the tests: John with two sign-in names, Mary with a Facebook identity.
fn directory() -> Directory {
    let mut directory = Directory::new("contoso.onmicrosoft.com");
    for attributes in [
        json!({ "objectId": "id-john", "signInNames.emailAddress": "John@Contoso.com", "signInNames.userName": "john",
            "displayName": "John Smith", "givenName": "John", "surname": "Smith", "strongAuthenticationPhoneNumber": "+15551234567" }),
        json!({ "objectId": "id-mary", "displayName": "Mary", "userPrincipalName": "mary@contoso.com",
            "alternativeSecurityId": { "issuer": "facebook.com", "issuerUserId": "1234" } }),
    ] {
        let attributes = attributes.as_object().unwrap().iter().map(|(name, value)| (name.into(), value.clone())).collect();
        let password = Some("Pass@word1".into());
        directory.add(&UserEntry { attributes, password, ..UserEntry::default() }, &mut numbers());
    }
    directory
}

fn numbers() -> impl FnMut() -> u64 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

fn request(operation: DirectoryOperation, attribute: &str, value: impl Into<ClaimValue>) -> DirectoryRequest {
    DirectoryRequest {
        operation,
        key: (attribute.into(), value.into()),
        writes: Vec::new(),
        keep: Vec::new(),
        may_create: true,
        may_update: true,
        empty_clears: true,
    }
}

fn writes(pairs: &[(&str, Option<&str>)]) -> Vec<(Str, Slot)> {
    pairs.iter().map(|(name, value)| (Str::from(*name), value.map_or(Slot::Null, |value| Slot::Value(value.into())))).collect()
}

fn answer(directory: &mut Directory, request: &DirectoryRequest) -> DirectoryReply {
    directory.answer(request, DateTime::from_unix_seconds(1_767_225_600).unwrap(), &mut numbers())
}

fn attributes(reply: DirectoryReply) -> Map<String, Json> {
    match reply {
        DirectoryReply::Found { attributes } | DirectoryReply::Created { attributes } => (*attributes).clone(),
        other => panic!("{other:?}"),
    }
}

fn refused(reply: DirectoryReply) -> String {
    match reply {
        DirectoryReply::Refused(reason) => reason.into(),
        other => panic!("{other:?}"),
    }
}

/// The objectId of the user that a read with this key finds.
fn read(attribute: &str, value: impl Into<ClaimValue>) -> Option<String> {
    match answer(&mut directory(), &request(DirectoryOperation::Read, attribute, value)) {
        DirectoryReply::NotFound => None,
        reply => attributes(reply).get("objectId").and_then(Json::as_str).map(str::to_owned),
    }
}

#[test]
fn users_are_found_by_any_key_without_regard_to_case() {
    for (attribute, value, expected) in [
        ("objectId", "ID-JOHN", Some("id-john")),
        ("signInNames.emailAddress", "john@contoso.com", Some("id-john")),
        ("signinnames.EMAILADDRESS", "john@contoso.com", Some("id-john")),
        ("signInNames.userName", "john@contoso.com", None),
        ("signInNames", "JOHN", Some("id-john")),
        ("signInNames", "john@contoso.com", Some("id-john")),
        ("signInNames", "mary@contoso.com", None),
        ("userPrincipalName", "MARY@contoso.com", Some("id-mary")),
        ("userPrincipalName", "id-john@contoso.onmicrosoft.com", Some("id-john")),
        ("objectId", "", None),
        ("nothing", "x", None),
        ("alternativeSecurityId", r#"{"type":6,"identityProvider":"facebook.com","key":"MTIzNA=="}"#, Some("id-mary")),
        ("alternativeSecurityId", r#"{"issuer":"Facebook.com","issuerUserId":"MTIzNA=="}"#, Some("id-mary")),
        ("alternativeSecurityId", r#"{"issuer":"facebook.com","issuerUserId":"1234"}"#, Some("id-mary")),
        ("alternativeSecurityId", r#"{"issuer":"google.com","issuerUserId":"MTIzNA=="}"#, None),
        ("alternativeSecurityId", "not json", None),
    ] {
        assert_eq!(read(attribute, value).as_deref(), expected, "{attribute} {value}");
    }
    let identity = |id: &str| Identity { issuer: "facebook.com".into(), issuer_user_id: id.into() };
    assert_eq!(read("userIdentities", ClaimValue::Identity(Box::new(identity("MTIzNA==")))).as_deref(), Some("id-mary"));
    assert_eq!(read("userIdentities", ClaimValue::Identities(vec![identity("x"), identity("MTIzNA==")])).as_deref(), Some("id-mary"));
    assert_eq!(read("userIdentities", ClaimValue::Identity(Box::new(identity("x")))), None);
}

#[test]
fn a_new_user_gets_what_every_user_has() {
    let mut directory = directory();
    let mut create = request(DirectoryOperation::Write, "signInNames.emailAddress", "new@contoso.com");
    create.writes = writes(&[
        ("signInNames.emailAddress", Some("new@contoso.com")),
        ("password", Some("Pass@word2")),
        ("displayName", Some("New")),
        ("city", None),
        ("state", Some("")),
    ]);
    let reply = answer(&mut directory, &create);
    assert!(matches!(reply, DirectoryReply::Created { .. }));
    assert_eq!(
        Json::Object(attributes(reply)),
        json!({ "signInNames.emailAddress": "new@contoso.com", "displayName": "New", "objectId": "00000000-0000-4001-8000-000000000002",
            "userPrincipalName": "00000000-0000-4001-8000-000000000002@contoso.onmicrosoft.com", "accountEnabled": true,
            "createdDateTime": "2026-01-01T00:00:00.0000000Z" })
    );
    assert_eq!(directory.users().len(), 3);
    assert!(matches!(sign_in(&directory, "NEW@contoso.com", "Pass@word2"), SignInReply::Token(_)));
}

#[test]
fn a_new_user_needs_a_display_name_an_identity_and_a_password() {
    for (pairs, expected) in [
        (vec![("signInNames.userName", Some("n")), ("password", Some("p"))], "a new user needs a `displayName` that is not empty"),
        (
            vec![("signInNames.userName", Some("n")), ("password", Some("p")), ("displayName", Some(""))],
            "a new user needs a `displayName` that is not empty",
        ),
        (vec![("password", Some("p")), ("displayName", Some("N"))], "a new user needs at least one sign-in name or identity"),
        (vec![("signInNames.userName", Some("")), ("displayName", Some("N"))], "a new user needs at least one sign-in name or identity"),
        (vec![("signInNames.userName", Some("n")), ("displayName", Some("N"))], "a new user with a sign-in name needs a `password`"),
        (
            vec![("signInNames.userName", Some("JOHN")), ("displayName", Some("N")), ("password", Some("p"))],
            "another user has the sign-in name \"JOHN\" of `signInNames.userName`",
        ),
        (
            vec![("alternativeSecurityId", Some(r#"{"issuer":"facebook.com","issuerUserId":"MTIzNA=="}"#)), ("displayName", Some("N"))],
            "another user has the identity in `alternativeSecurityId`",
        ),
        (
            vec![("alternativeSecurityId", Some("{}x")), ("displayName", Some("N")), ("userPrincipalName", Some("n"))],
            "the user principal name `n` is not of the form `name@tenant`",
        ),
    ] {
        let mut directory = directory();
        let mut create = request(DirectoryOperation::Write, "signInNames.userName", "somebody else");
        create.writes = writes(&pairs);
        assert_eq!(refused(answer(&mut directory, &create)), expected);
        assert_eq!(directory, self::directory(), "a refused write changes nothing");
    }
    let mut create = request(DirectoryOperation::Write, "alternativeSecurityId", r#"{"issuer":"g","issuerUserId":"1"}"#);
    create.writes = writes(&[("alternativeSecurityId", Some(r#"{"issuer":"g","issuerUserId":"1"}"#)), ("displayName", Some("N"))]);
    let mut directory = directory();
    assert!(matches!(answer(&mut directory, &create), DirectoryReply::Created { .. }), "an identity alone needs no password");
    let upn = directory.users()[2].attribute("userPrincipalName").and_then(Json::as_str).unwrap();
    assert_eq!(sign_in(&directory, upn, ""), SignInReply::WrongPassword, "there is no password to sign in with");
}

#[test]
fn creating_and_updating_can_be_forbidden() {
    let mut update = request(DirectoryOperation::Write, "objectId", "id-john");
    update.writes = writes(&[("displayName", Some("Jack"))]);
    update.may_update = false;
    assert_eq!(attributes(answer(&mut directory(), &update))["displayName"], "John Smith");
    update.may_update = true;
    update.may_create = false;
    assert_eq!(attributes(answer(&mut directory(), &update))["displayName"], "Jack");
    update.key.1 = "nobody".into();
    assert_eq!(answer(&mut directory(), &update), DirectoryReply::NotFound);
}

/// What is left of John's attributes after a write to `objectId` (besides what every user has).
fn patch(pairs: &[(&str, Option<&str>)], change: impl FnOnce(&mut DirectoryRequest)) -> Result<Map<String, Json>, String> {
    let mut update = request(DirectoryOperation::Write, "objectId", "id-john");
    update.writes = writes(pairs);
    change(&mut update);
    match answer(&mut directory(), &update) {
        DirectoryReply::Refused(reason) => Err(reason.into()),
        reply => Ok(attributes(reply)),
    }
}

#[test]
fn a_patch_follows_the_rules_of_the_directory() {
    let after = |pairs: &[(&str, Option<&str>)]| patch(pairs, |_| {}).unwrap();
    let names = |after: &Map<String, Json>| after.keys().filter(|name| name.starts_with("signInNames.")).count();
    assert_eq!(names(&after(&[("signInNames.phoneNumber", Some("+1555"))])), 1, "one kind removes the others");
    assert_eq!(names(&after(&[("signInNames.emailAddress", Some("x@y.z")), ("signInNames.userName", None)])), 2, "unless they are named");
    assert_eq!(names(&after(&[("signInNames.userName", Some(""))])), 1, "clearing one leaves the others");
    assert_eq!(names(&after(&[("displayName", Some("x"))])), 2);
    assert_eq!(after(&[("givenName", None)])["givenName"], "John", "null leaves the attribute");
    assert_eq!(after(&[("givenName", Some(""))]).get("givenName"), None, "the empty text clears it");
    assert_eq!(patch(&[("givenName", Some(""))], |request| request.empty_clears = false).unwrap()["givenName"], "John");
    let keep = |request: &mut DirectoryRequest| request.keep = vec!["GIVENNAME".into(), "city".into()];
    let kept = patch(&[("givenName", Some("Jack")), ("city", Some("Bonn"))], keep).unwrap();
    assert_eq!((&kept["givenName"], &kept["city"]), (&json!("John"), &json!("Bonn")), "a kept attribute is only filled");
    assert_eq!(after(&[("GivenName", Some("Jack"))])["givenName"], "Jack", "names ignore case");
    assert_eq!(after(&[("objectId", Some("id-john"))])["objectId"], "id-john", "the key is an address");
    let long = "x".repeat(257);
    for (pairs, expected) in [
        (&[("createdDateTime", Some("x"))], "the attribute `createdDateTime` is read-only"),
        (&[("displayName", Some(long.as_str()))], "`displayName` has 257 characters, and at most 256 are allowed"),
        (&[("userPrincipalName", Some("Mary@contoso.com"))], "another user has the user principal name `Mary@contoso.com`"),
    ] {
        assert_eq!(patch(pairs, |_| {}), Err(expected.to_owned()));
    }
    let by_name = |request: &mut DirectoryRequest| request.key = ("signInNames".into(), "john".into());
    assert_eq!(patch(&[("objectId", Some("other"))], by_name), Err("the attribute `objectId` is read-only".to_owned()));
    let many: Vec<Identity> = (0..10).map(|id| Identity { issuer: "i".into(), issuer_user_id: id.to_string().into() }).collect();
    let write = |count: usize| {
        let slot = Slot::Value(ClaimValue::Identities(many[..count].to_vec()));
        patch(&[], |request| request.writes.push(("userIdentities".into(), slot)))
    };
    assert!(write(8).is_ok());
    assert_eq!(write(9), Err("a user has at most 10 identities, and this one would have 11".to_owned()));
}

#[test]
fn claims_and_users_can_be_deleted() {
    let mut directory = directory();
    let mut delete = request(DirectoryOperation::DeleteClaims, "objectId", "id-john");
    delete.writes = writes(&[("objectId", None), ("STRONGAuthenticationPhoneNumber", None), ("password", None)]);
    let after = attributes(answer(&mut directory, &delete));
    assert_eq!((after.get("strongAuthenticationPhoneNumber"), after.get("objectId")), (None, Some(&json!("id-john"))));
    assert_eq!(sign_in(&directory, "john", "Pass@word1"), SignInReply::WrongPassword);
    delete.writes = writes(&[("createdDateTime", None)]);
    assert_eq!(refused(answer(&mut directory, &delete)), "the attribute `createdDateTime` is read-only");
    let gone = request(DirectoryOperation::DeleteClaimsPrincipal, "objectId", "id-john");
    assert_eq!(answer(&mut directory, &gone), DirectoryReply::Deleted);
    assert_eq!(answer(&mut directory, &gone), DirectoryReply::NotFound);
    assert_eq!(answer(&mut directory, &delete), DirectoryReply::NotFound);
    assert_eq!(directory.users().len(), 1);
}

fn sign_in(directory: &Directory, username: &str, password: &str) -> SignInReply {
    directory.sign_in(&SignInRequest { username: username.into(), password: password.into() }, Some("tenant-id"))
}

#[test]
fn sign_in_answers_by_what_is_known_of_the_user() {
    let mut directory = directory();
    for user in [
        json!({ "signInNames.userName": "any" }),
        json!({ "signInNames.userName": "locked", "locked": true }),
        json!({ "signInNames.userName": "off", "password": "p", "accountEnabled": false }),
        json!({ "signInNames.userName": "forced", "password": "p", "forceChangePasswordNextLogin": true }),
        json!({ "signInNames.userName": "forced-too", "password": "p", "forceChangePasswordNextSignIn": true }),
    ] {
        let text = json!({ "directory": [user] }).to_string();
        let scenario = crate::simulate::scenario::Scenario::parse("a.json", &text).unwrap();
        directory.add(&scenario[0].directory.as_ref().unwrap()[0], &mut || u64::from(text.len() as u32));
    }
    let mut change = request(DirectoryOperation::Write, "objectId", "id-john");
    change.writes = writes(&[("password", Some("N3w"))]);
    answer(&mut directory, &change);
    for (username, password, expected) in [
        ("nobody", "x", "UnknownUser"),
        ("", "x", "UnknownUser"),
        ("john", "n3w", "WrongPassword"),
        ("john", "Pass@word1", "OldPassword"),
        ("JOHN@contoso.com", "N3w", "Token"),
        ("mary@CONTOSO.com", "Pass@word1", "Token"),
        ("any", "whatever", "Token"),
        ("locked", "whatever", "Locked"),
        ("off", "p", "Disabled"),
        ("off", "q", "WrongPassword"),
        ("forced", "q", "WrongPassword"),
        ("forced", "p", "PasswordExpired"),
        ("forced-too", "p", "PasswordExpired"),
    ] {
        let reply = format!("{:?}", sign_in(&directory, username, password));
        assert!(reply.starts_with(expected), "{username} {password}: {reply}");
    }
    // A new password sets it back.
    let mut change = request(DirectoryOperation::Write, "signInNames.userName", "forced");
    change.writes = writes(&[("password", Some("p2"))]);
    answer(&mut directory, &change);
    assert!(format!("{:?}", sign_in(&directory, "forced", "p2")).starts_with("Token"));
    let SignInReply::Token(claims) = sign_in(&directory, "john", "N3w") else { panic!() };
    assert_eq!(
        Json::Object((*claims).clone()),
        json!({ "oid": "id-john", "name": "John Smith", "given_name": "John", "family_name": "Smith",
            "upn": "id-john@contoso.onmicrosoft.com", "email": "John@Contoso.com", "tid": "tenant-id" })
    );
    let SignInReply::Token(claims) = directory.sign_in(&SignInRequest { username: "any".into(), password: "".into() }, None) else {
        panic!()
    };
    assert_eq!(claims.keys().collect::<Vec<_>>(), ["oid", "upn"]);
}

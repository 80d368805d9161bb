//! UserJourneyContextProvider: what claim resolvers of the group `Context` give today. It is not documented; four samples show the two
//! names (SEMANTICS 7).

use crate::claims::Str;
use crate::engine::Fault;
use crate::provider::call::{Call, Returned, check_required_outputs, put};

/// The output claims named `IP-Address` and `CorrelationId`.
pub fn outcome(call: &Call<'_>, ip: Option<&Str>, correlation_id: Option<&Str>) -> Result<Returned, Fault> {
    let mut returned = Returned::default();
    for (index, output) in call.outputs.iter().enumerate().filter(|(_, output)| !output.always_default) {
        let value = match output.partner.to_ascii_lowercase().as_str() {
            "ip-address" => ip,
            "correlationid" => correlation_id,
            _ => {
                returned.notes.push(format!("nothing is known of `{}` in the context of a user journey", output.partner).into());
                None
            }
        };
        if let Some(value) = value {
            put(call, &mut returned, index, &value.as_str().into(), false)?;
        }
    }
    check_required_outputs(call, &returned)?;
    Ok(returned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::call::fixture::Fixture;

    #[test]
    fn two_names_are_known() {
        let fixture = Fixture::new(&[]).output("ip=IP-Address").output("CorrelationId").output("Browser");
        let returned = fixture.with_call(|call| outcome(call, Some(&"203.0.113.7".into()), Some(&"c".into()))).unwrap();
        assert_eq!(fixture.shown(&returned.outputs), ["ip=\"203.0.113.7\"", "CorrelationId=\"c\""]);
        assert_eq!(returned.notes, ["nothing is known of `Browser` in the context of a user journey"]);
        assert!(fixture.with_call(|call| outcome(call, None, None)).unwrap().outputs.is_empty());
    }
}

//! What AXL, Control Center and PerfMon say, as literal text: copied from the protocol facts (`protocol.md`), the section
//! and its confidence beside each (S seen, M general knowledge, G guess).

/// The realm of all three. 2.1 and 7.1, S.
pub(super) const REALM: &str = "Cisco VTG Realm";

/// The content type of SOAP 1.1. 4, S for what is sent, G for what is answered.
pub(super) const SOAP: &str = "text/xml;charset=UTF-8";

/// The frame of each answer. 4, S in form.
pub(super) const ENVELOPE: (&str, &str) = (
    r#"<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>"#,
    "</soapenv:Body></soapenv:Envelope>",
);

/// What cannot be read, or asks for what there is not. G.
pub(super) const NOT_UNDERSTOOD: &str = "<soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring>The request is not understood</faultstring></soapenv:Fault>";

/// The frame of each answer of AXL. 4, S (schema).
pub(super) const AXL_ANSWER: (&str, &str) = (
    r#"<ns:{operation}Response xmlns:ns="http://www.cisco.com/AXL/API/{axl}"><return>"#,
    "</return></ns:{operation}Response>",
);

/// A fault of AXL. 4: the form S, the number and the words M.
pub(super) const AXL_FAULT: &str = "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{words}</faultstring><detail><axlError><axlcode>5007</axlcode><axlmessage>{words}</axlmessage><request>{operation}</request></axlError></detail></soapenv:Fault>";

/// Its words. 4, M for a user, G for the others.
pub(super) const NO_SUCH: &str = "Item not valid: The specified {item} was not found";

/// The page of HTTP 599. 4: its words S, the rest G.
pub(super) const WRONG_VERSION: &str = "<html><head><title>Cisco System - Error report</title></head><body><h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are {versions}</h1></body></html>\n";

/// The versions of the schema. 4, S.
pub(super) const VERSIONS: [&str; 3] = ["12.x", "14.0", "15.0"];

/// The release of the deployment, as in UDS. 4, S in form.
pub(super) const CCM_VERSION: &str = "<componentVersion><version>12.5.1.11900-146</version></componentVersion>";

/// An end user, up to the directory. 4, S (schema).
pub(super) const USER_BEGIN: &str = r#"<user uuid="{uuid}"><firstName/><displayName>{user}</displayName><middleName/><lastName>{user}</lastName><userid>{user}</userid><mailid>{user}@{domain}</mailid><department/><manager/>"#;

/// The groups of one who may log in, and of one who may not. 4, S (schema); the name 1.5, S.
pub(super) const GROUPS: &str = "<associatedGroups><userGroup><name>Standard CCM End Users</name><userRoles><userRole>Standard CCM End Users</userRole><userRole>Standard CCMUSER Administration</userRole></userRoles></userGroup></associatedGroups>";
pub(super) const NO_GROUPS: &str = "<associatedGroups/>";

/// The credential of a user whom the deployment itself checks, and of one of the directory. 4, S (schema), the name of the
/// policy M.
pub(super) const CREDENTIALS: &str = "<passwordCredentials><pwdCredPolicyName>Default Credential Policy</pwdCredPolicyName><pwdCredUserCantChange>false</pwdCredUserCantChange><pwdCredUserMustChange>false</pwdCredUserMustChange><pwdCredDoesNotExpire>false</pwdCredDoesNotExpire><pwdCredTimeChanged>March 02, 2024 09:14:07 UTC</pwdCredTimeChanged><pwdCredTimeAdminLockout>{lockout}</pwdCredTimeAdminLockout><pwdCredLockedByAdministrator>{locked}</pwdCredLockedByAdministrator><pwdResetHackCount>false</pwdResetHackCount></passwordCredentials>";

/// When the user was locked. G in form.
pub(super) const LOCKOUT: &str = "March 04, 2024 16:40:21 UTC";

/// The end of it. 4, S (schema).
pub(super) const USER_END: &str = r#"<status>1</status><homeCluster>{home}</homeCluster><imAndPresenceEnable>{enabled}</imAndPresenceEnable><serviceProfile uuid="{profile_uuid}">{profile}</serviceProfile><directoryUri>{user}@{domain}</directoryUri><telephoneNumber/><title/><calendarPresence>false</calendarPresence>"#;
pub(super) const LDAP_DIRECTORY: &str = r#"<ldapDirectoryName uuid="{ldap_uuid}">{domain}</ldapDirectoryName><userIdentity>{user}@{domain}</userIdentity></user>"#;
pub(super) const NO_LDAP_DIRECTORY: &str = "<ldapDirectoryName/><userIdentity/></user>";

/// The service profile of everyone, its default. 4, S (schema); its name is that of the sample, S.
pub(super) const PROFILE: &str = "SP-Users";
pub(super) const PROFILE_BEGIN: &str = r#"<serviceProfile uuid="{profile_uuid}"><name>{profile}</name><description>Jabber users</description><isDefault>true</isDefault><serviceProfileInfos><serviceProfileInfo uuid="{directory_uuid}"><profileName>Directory Profile</profileName><primary/><secondary/><tertiary/><serverCertificateVerification/><serviceProfileXml/></serviceProfileInfo>"#;

/// Its part about IM and Presence. 4: the elements S, the name of the part G.
pub(super) const PROFILE_IMP: (&str, &str) = (
    r#"<serviceProfileInfo uuid="{imp_uuid}"><profileName>IM and Presence Profile</profileName>"#,
    "<serverCertificateVerification/><serviceProfileXml/></serviceProfileInfo>",
);
pub(super) const PROFILE_END: &str = "<jabberClientConfigurationProfileInfo><common/><desktop/><mobile/></jabberClientConfigurationProfileInfo></serviceProfileInfos></serviceProfile>";

/// Which UC service stands first, second and third. 4, S.
pub(super) const RANKS: [(&str, &str); 3] = [
    (r#"<primary uuid="{uuid}">{name}</primary>"#, "<primary/>"),
    (r#"<secondary uuid="{uuid}">{name}</secondary>"#, "<secondary/>"),
    (r#"<tertiary uuid="{uuid}">{name}</tertiary>"#, "<tertiary/>"),
];

/// What the UC services are called.
pub(super) const UC_SERVICE_NAMES: [&str; 3] = ["IM-Presence-1", "IM-Presence-2", "IM-Presence-3"];

/// A UC service. 4, S.
pub(super) const UC_SERVICE: &str = r#"<ucService uuid="{uuid}"><serviceType>IM and Presence</serviceType><productType>Unified CM (IM and Presence)</productType><name>{name}</name><description/><hostnameorip>{address}</hostnameorip><port/><protocol/></ucService>"#;

/// The row of the table of nodes that is no node. 4, S (its number is 1), the name M.
pub(super) const NO_NODE: &str = "EnterpriseWideData";

/// A node. 4, S.
pub(super) const PROCESS_NODE: &str = r#"<processNode uuid="{uuid}"><name>{host}</name><description/><mac/><ipv6Name/><nodeUsage>{usage}</nodeUsage><lbmHubGroup/><processNodeRole>{role}</processNodeRole></processNode>"#;
pub(super) const ROLE_OF_A_CUCM: &str = "CUCM Voice/Video";
pub(super) const ROLE_OF_A_NODE: &str = "CUCM IM and Presence";

/// Where a user is assigned. 4: the elements S (schema).
pub(super) const ASSIGNED: &str = r#"<assignedPresenceUsers uuid="{uuid}"><userid>{user}</userid><server uuid="{server_uuid}">{server}</server><presenceRedundancyGroup>{group}</presenceRedundancyGroup></assignedPresenceUsers>"#;

/// A presence redundancy group. 4, S (schema).
pub(super) const GROUP: &str = r#"<presenceRedundancyGroup uuid="{uuid}"><name>{group}</name><description/><server1 uuid="{server1_uuid}">{server1}</server1><server2 uuid="{server2_uuid}">{server2}</server2><haEnabled>true</haEnabled><numUsers>{users}</numUsers></presenceRedundancyGroup>"#;

/// The frame of the state of services. 7.1, S.
pub(super) const STATUS: (&str, &str) = (
    r#"<ns1:soapGetServiceStatusResponse xmlns:ns1="http://schemas.cisco.com/ast/soap"><ns1:soapGetServiceStatusReturn><ns1:ReturnCode>0</ns1:ReturnCode><ns1:ReasonCode>-1</ns1:ReasonCode><ns1:ReasonString/><ns1:ServiceInfoList>"#,
    "</ns1:ServiceInfoList></ns1:soapGetServiceStatusReturn></ns1:soapGetServiceStatusResponse>",
);

/// The same behind a command. 7.1, S.
pub(super) const CONTROLLED: (&str, &str) = (
    r#"<ns1:soapDoControlServicesResponse xmlns:ns1="http://schemas.cisco.com/ast/soap"><ns1:soapDoControlServicesReturn><ns1:ReturnCode>0</ns1:ReturnCode><ns1:ReasonCode>-1</ns1:ReasonCode><ns1:ReasonString/><ns1:ServiceInfoList>"#,
    "</ns1:ServiceInfoList></ns1:soapDoControlServicesReturn></ns1:soapDoControlServicesResponse>",
);

/// A service that runs, and one that does not. 7.1: elements and order S, that the time of the latter is empty G.
pub(super) const STARTED: &str = "<ns1:item><ns1:ServiceName>{name}</ns1:ServiceName><ns1:ServiceStatus>Started</ns1:ServiceStatus><ns1:ReasonCode>-1</ns1:ReasonCode><ns1:ReasonCodeString> </ns1:ReasonCodeString><ns1:StartTime>{since}</ns1:StartTime><ns1:UpTime>{up}</ns1:UpTime></ns1:item>";
pub(super) const STOPPED: &str = "<ns1:item><ns1:ServiceName>{name}</ns1:ServiceName><ns1:ServiceStatus>Stopped</ns1:ServiceStatus><ns1:ReasonCode>{code}</ns1:ReasonCode><ns1:ReasonCodeString>{reason}</ns1:ReasonCodeString><ns1:StartTime/><ns1:UpTime>-1</ns1:UpTime></ns1:item>";

/// Why not. 7.1: the numbers S, the words of the last G.
pub(super) const NOT_ACTIVATED: (&str, &str) = ("-1068", "Service Not Activated");
pub(super) const OUT_OF_SERVICE: (&str, &str) = ("-1069", "Commanded Out of Service");
pub(super) const NO_SUCH_SERVICE: (&str, &str) = ("-1010", "No such service");

/// The time at which a service was started. 7.1, S in form.
pub(super) const TIME: &str = "%a %b %e %H:%M:%S %Y";

/// The frame of the names of counters; an object; a counter of it. 7.2: the operation S, the elements M.
pub(super) const COUNTER_LIST: (&str, &str) = (
    r#"<ns1:perfmonListCounterResponse xmlns:ns1="http://schemas.cisco.com/ast/soap">"#,
    "</ns1:perfmonListCounterResponse>",
);
pub(super) const OBJECT: (&str, &str) = (
    "<ns1:perfmonListCounterReturn><ns1:Name>{object}</ns1:Name><ns1:MultiInstance>false</ns1:MultiInstance><ns1:ArrayOfCounter>",
    "</ns1:ArrayOfCounter></ns1:perfmonListCounterReturn>",
);
pub(super) const COUNTER_NAME: &str = "<ns1:item><ns1:Name>{counter}</ns1:Name></ns1:item>";

/// The frame of counters, and a counter. 7.2, S; the path of an object without instances G.
pub(super) const COUNTERS: (&str, &str) = (
    r#"<ns1:perfmonCollectCounterDataResponse xmlns:ns1="http://schemas.cisco.com/ast/soap">"#,
    "</ns1:perfmonCollectCounterDataResponse>",
);
pub(super) const COUNTER: &str = r"<ns1:perfmonCollectCounterDataReturn><ns1:Name>\\{host}\{object}\{counter}</ns1:Name><ns1:Value>{value}</ns1:Value><ns1:CStatus>1</ns1:CStatus></ns1:perfmonCollectCounterDataReturn>";

/// Asked too often. 7.1: the first words S, the rest M; the code G.
pub(super) const TOO_OFTEN: &str = "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>Exceeded allowed rate for Perfmon information. Current allowed rate for perfmon information is {rate} requests per minute.</faultstring></soapenv:Fault>";

/// Of another host, or of an object that there is not. G.
pub(super) const NO_COUNTER: &str = "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>Error from PerfMon: {what} not found</faultstring></soapenv:Fault>";

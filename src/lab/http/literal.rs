//! What CUCM and the HTTP side of IM&P say, as literal text: copied from the protocol facts (`protocol.md`), the
//! section and its confidence beside each (S seen, M general knowledge, G guess). Filled as in `lab::literal`.

/// The release that the deployment says it has: that of the newest sample. 2.5, S.
pub(super) const VERSION: &str = "12.5.0";

/// 2.2, S; `capabilities` from 11.5 on, S.
pub(super) const UDS_VERSION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<versionInformation uri="https://{host}/cucm-uds/version" version="{version}"><version>{version}</version><capabilities><usersResourceAuthEnabled>true</usersResourceAuthEnabled></capabilities></versionInformation>"#;

/// The frame of the list of nodes. 2.3, S.
pub(super) const SERVERS: (&str, &str) = (
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><servers version="{version}" uri="https://{host}:{port}/cucm-uds/servers">"#,
    "</servers>",
);

/// A node: in `servers` (2.3, S) and in the user's `imAndPresence` (2.5, S).
pub(super) const SERVER: &str = "<server>{server}</server>";

/// The home cluster of a user. 2.4, S.
pub(super) const CLUSTER_USER: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><clusterUser version="{version}" uri="https://{host}/cucm-uds/clusterUser?{query}"><result found="true" uri="https://{home}:{port}/cucm-uds/user/{user}" version="{version}"/><homeCluster serversUri="https://{home}:{port}/cucm-uds/servers">{home}</homeCluster><homeClusterDetails><selfProvisioningSecureMode>true</selfProvisioningSecureMode><adminProvisionMode>false</adminProvisionMode></homeClusterDetails></clusterUser>"#;

/// No home cluster, with status 200. 2.4, S (captured).
pub(super) const CLUSTER_USER_NOT_FOUND: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><clusterUser version="{version}" uri="https://{host}:{port}/cucm-uds/clusterUser?{query}"><result found="false"/></clusterUser>"#;

/// The user's record, up to the nodes. 2.5, S; the word for an account that is not of the directory G.
pub(super) const USER_BEGIN: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><user uri="https://{host}/cucm-uds/user/{user}" version="{version}">
  <id>5f66fe4a-cc50-41d2-137a-05978b2d45df</id><userName>{user}</userName><firstName/><lastName>{user}</lastName><displayName/>
  <phoneNumber/><homeNumber/><mobileNumber/><mobileConnect>false</mobileConnect><remoteDestinationLimit>4</remoteDestinationLimit>
  <userLocale uri="https://{host}/cucm-uds/options/installedLocales" value="" appliesToAllDevices="true">English, United States</userLocale>
  <email>{user}@{domain}</email><directoryUri/><msUri/><department/><manager/><title/><pager/><selfServiceId/>
  <accountType useLdapAuth="{ldap}">{account}</accountType>
  <homeCluster enableImAndPresence="{enabled}" enableCalendarPresence="false">true</homeCluster>
"#;

/// The nodes of a user, and none. 2.5, S (both forms seen).
pub(super) const IM_AND_PRESENCE: (&str, &str) = ("  <imAndPresence>", "</imAndPresence>\n");
pub(super) const IM_AND_PRESENCE_EMPTY: &str = "  <imAndPresence/>\n";

/// The service profile, an address for each node that serves it. 2.5, S.
pub(super) const SERVICE_PROFILE: (&str, &str) = (
    "  <enableDoNotDisturb appliesToAllDevices=\"true\">false</enableDoNotDisturb>\n  <serviceProfile>",
    "</serviceProfile>\n",
);
pub(super) const SERVICE_PROFILE_URI: &str = "<uri>http://{host}:{port}/SPDefault.cnf.xml</uri>";

/// From 12.5 on. 2.5, S.
pub(super) const JABBER_PROFILE: &str = "  <jabberProfile><uri>https://{host}:{port}/JAB_8e1c3f0a-52d7-4b6e-9a41-c07d2e95b318.cnf.xml</uri></jabberProfile>\n";

/// The end of the user's record. 2.5, S.
pub(super) const USER_END: &str = r#"  <devices uri="https://{host}/cucm-uds/user/{user}/devices"/><credentials uri="https://{host}/cucm-uds/user/{user}/credentials"/><extensions uri="https://{host}/cucm-uds/user/{user}/extensions"/><subscribedServices uri="https://{host}/cucm-uds/user/{user}/subscribedServices"/><speedDials uri="https://{host}/cucm-uds/user/{user}/speedDials"/>
</user>"#;

/// singleSignOn. 9: the name of the root M, the rest S.
pub(super) const SINGLE_SIGN_ON: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><SSOResult version="{version}"><Response><SingleSignOn><Status enabled="false"/></SingleSignOn></Response></SSOResult>"#;

/// With SSO. 9: that addresses stand beside the status M, their names G, the addresses S and M.
pub(super) const SINGLE_SIGN_ON_ENABLED: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><SSOResult version="{version}"><Response><SingleSignOn><Status enabled="true"/><AuthorizeUri>https://{host}:{port}/ssosp/oauth/authorize</AuthorizeUri><TokenUri>https://{host}:{port}/ssosp/token</TokenUri></SingleSignOn></Response></SSOResult>"#;

/// The service profile. 3: the root G, the rest S; with the clear-text account of the directory search, S.
pub(super) const SERVICE_PROFILE_FILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<userProfile>
 <IMandPresence>
   <Primary><Address>{primary}</Address><Port/><Protocol/></Primary>
   <Backup1><Address>{backup1}</Address><Port/><Protocol/></Backup1>
   <Backup2><Address>{backup2}</Address><Port/><Protocol/></Backup2>
 </IMandPresence>
 <Voicemail>
   <Primary><Address/><Port/><Protocol/></Primary>
   <Backup1><Address/><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
   <VoicemailServiceCredentialsSource/>
 </Voicemail>
 <MailStore>
   <Primary><Address/><Port/><Protocol/></Primary>
   <Backup1><Address/><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
 </MailStore>
 <Conferencing>
   <Primary><Address/><Port/><Protocol/></Primary>
   <Backup1><Address/><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
   <WebConfSSOIdentityProvider/>
 </Conferencing>
 <Directory>
   <Primary><Address>ldap.{domain}</Address><Port>389</Port><Protocol>TCP</Protocol></Primary>
   <Backup1><Address/><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
   <UseUDS>false</UseUDS><UseUserCredential>false</UseUserCredential>
   <DN>cn=jabber-search,ou=service,dc=example,dc=test</DN><Password>grey-ladder-directory-63</Password>
   <SearchContext1>ou=people,dc=example,dc=test</SearchContext1><SearchContext2/><SearchContext3/>
   <RecursiveSearch1>true</RecursiveSearch1><SearchTimeout>5</SearchTimeout><BaseFilter/><PredictiveSearchFilter/>
 </Directory>
 <CTI>
   <Primary><Address/><Port/><Protocol/></Primary>
   <Backup1><Address/><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
 </CTI>
 <VideoConferenceSchedulingPortal>
   <Primary><Address/><Port/><Protocol/></Primary>
   <Backup1><Address/><Port/><Protocol/></Backup1>
   <Backup2><Address/><Port/><Protocol/></Backup2>
 </VideoConferenceSchedulingPortal>
</userProfile>
"#;

/// `jabber-config.xml`. 3, S; the section of the key M.
pub(super) const JABBER_CONFIG: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<config version="1.0"><Client/><Options/><Phone/><Policies/><Presence><LoginResource>multiResource</LoginResource></Presence><Directory/><Voicemail/></config>
"#;

/// The frame of each answer of EPASSoap. 5.1, S.
pub(super) const ENVELOPE: (&str, &str) = (
    r#"<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"><soapenv:Body>"#,
    "</soapenv:Body></soapenv:Envelope>",
);

/// 5.1: the key and its place S; that versions and the backup server are named S, the names of both G.
pub(super) const LOGIN_SUCCESS: &str = r#"<epas:login-resp xmlns:epas="urn:cisco:epas:soap"><epas:success><epas:session-key>{key}</epas:session-key><epas:service-version>v105</epas:service-version><epas:backup-server>{backup}</epas:backup-server></epas:success></epas:login-resp>"#;

/// 5.1: `failure` and `reason` S, that it is an element G.
pub(super) const LOGIN_FAILURE: &str = r#"<epas:login-resp xmlns:epas="urn:cisco:epas:soap"><epas:failure><epas:reason>{reason}</epas:reason></epas:failure></epas:login-resp>"#;

/// The reason for a client below the minimum version. 5.1, S.
pub(super) const TOO_OLD: &str = "The client does not meet the minimal version requirement.";

/// The reasons for a wrong password and for the wrong node. Gap 3, G.
pub(super) const LOGIN_REFUSED: &str = "Authentication failed";
pub(super) const WRONG_NODE: &str = "The user is not assigned to this node";

/// Another node. 5.1, that there is such an answer M, its form G (Gap 3).
pub(super) const LOGIN_REDIRECT: &str = r#"<epas:login-resp xmlns:epas="urn:cisco:epas:soap"><epas:redirect><epas:host>{node}</epas:host></epas:redirect></epas:login-resp>"#;

/// The words for a bad session key 5.1, S; that they stand in a fault G (SOAP 1.2, 5.4).
pub(super) const INVALID_REQUEST: &str = r#"<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:Sender</soapenv:Value></soapenv:Code><soapenv:Reason><soapenv:Text xml:lang="en">Invalid request</soapenv:Text></soapenv:Reason></soapenv:Fault>"#;

/// The configuration. 5.1: the path and the names of the properties S; the back-off limits 120 and 537 as in 12, row 31.
pub(super) const ALL_CONFIG: &str = r#"<epas:get-all-config-resp xmlns:epas="urn:cisco:epas:soap"><epas:get-system-config-resp><epas:property name="Presence.Domain">{domain}</epas:property><epas:property name="Presence.Primary.Address">{primary}</epas:property><epas:property name="Presence.Backup.Address">{backup}</epas:property><epas:property name="Presence.enableGlobal">true</epas:property><epas:property name="IM.enable">true</epas:property><epas:property name="CUP.SRM.LowerFailoverLoginRetryLimit">120</epas:property><epas:property name="CUP.SRM.UpperFailoverLoginRetryLimit">537</epas:property><epas:property name="TFTP.Primary">{tftp}</epas:property><epas:property name="CCMCIP.Host">{tftp}</epas:property></epas:get-system-config-resp></epas:get-all-config-resp>"#;

/// The one-time password. 5.1, S.
pub(super) const TOKEN: &str = r#"<epas:get-onetime-password-resp xmlns:epas="urn:cisco:epas:soap"><epas:success><epas:password>{token}</epas:password></epas:success></epas:get-onetime-password-resp>"#;

/// A success without one. G.
pub(super) const NO_TOKEN: &str = r#"<epas:get-onetime-password-resp xmlns:epas="urn:cisco:epas:soap"><epas:success/></epas:get-onetime-password-resp>"#;

/// The page for an error. 2.1: its first line S, the rest G.
pub(super) const ERROR_PAGE: &str = "<!-- custom Cisco error page -->\n<html><head><title>Cisco System - Error report</title></head>\
    <body><h1>HTTP Status {status} - {phrase}</h1></body></html>\n";

/// A page for people where an answer should be: the pages of the administration stand on the same port. M.
pub(super) const ADMIN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Cisco Unified CM Console</title></head>\
    <body><h1>Installed Applications</h1><ul><li><a href=\"/ccmadmin\">Cisco Unified Communications Manager</a></li>\
    </ul><br></body></html>\n";

/// Called XML and none. G.
pub(super) const NOT_XML: &str =
    "java.lang.NullPointerException\n\tat com.cisco.ccm.Servlet.doGet(Servlet.java:42)\n";

/// The begin of a body that never ends, and what follows it again and again. G.
pub(super) const ENDLESS: (&str, &str) = (
    r#"<?xml version="1.0" encoding="UTF-8"?><endless><!--"#,
    " and there is more to come, and more behind that;",
);

/// The realm of UDS. 2.1, S.
pub(super) const REALM: &str = "Cisco Web Services Realm";

/// `WWW-Authenticate`. 2.1, S.
pub(super) const BASIC: &str = "Basic realm=\"{realm}\"";

/// The cookies of Tomcat. 2.1, S for their names, M for the rest.
pub(super) const SESSION_COOKIE: &str = "JSESSIONID={id}; Path=/cucm-uds/; Secure; HttpOnly";
pub(super) const SIGN_ON_COOKIE: &str = "JSESSIONIDSSO={id}; Path=/; Secure; HttpOnly";

/// Headers of every answer. 2.1 and 2.4, S: the year of `Expires` is cut off there.
pub(super) const EXPIRES: &str = "Thu, 01 Jan 1970 00:00:00 GMT";
pub(super) const CACHE_CONTROL: &str = "private";
pub(super) const FRAME_OPTIONS: &str = "SAMEORIGIN";
pub(super) const SERVER_HEADER: &str = "";

/// Content types: UDS 2.1 S; a page 2.1 S; SOAP 5.1 S; a file G.
pub(super) const XML: &str = "application/xml";
pub(super) const HTML: &str = "text/html;charset=utf-8";
pub(super) const SOAP: &str = "application/soap+xml; charset=utf-8";
pub(super) const FILE: &str = "text/xml";

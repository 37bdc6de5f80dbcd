"""Words that people make passwords of: a password that is one of these with digits and signs around it is refused.

Short passwords are refused anyway, so this small list stands for millions: `Welkom2026!!`, `P@ssw0rd1234` and `qwertyqwerty` all fall.
"""

_WORDS = """
abc access admin adminadmin administrator ajax alexander amsterdam andrea angel anthony apple asdf asdfasdf
asdfgh asdfghjkl ashley august autumn azerty azertyuiop baby bailey banana baseball basketball batman
beautiful bienvenido bienvenue blessed blink buster butterfly carlos changeit changeme changemenow charlie
cheese chelsea chocolate cocacola company computer contrasena contraseña cookie correcthorsebatterystaple
dakota daniel december default demo demodemo donald dragon elephant england eternity everton facebook february
feyenoord flower football forever forgetmenot freedom friends gandalf george germany ginger goodluck google
guest hannah happiness harley harrypotter heaven hello hellohello helloworld herfst holland home hottie hunter
iloveu iloveyou iloveyouiloveyou internet january jasmine jennifer jessica jesus jesuschrist jordan joshua
juli juni justin lente letmein letmeinletmein letmeinnow linkedin liverpool liverpoolfc login london lovely
loveme lover loveyou lucky maart madison maggie manager manchester manchesterunited marina master matrix
matthew merlin michael michelle mickeymouse microsoft minecraft mohamed monday monkey monkeymonkey mother
muhammad mustang mypassword mysecret mysecretpassword nederland newpassword nicole nirvana november october
oktober oneringtorulethemall orange parola parool pass passe passphrase passw password passwordpassword
passwort patrick pepper pokemon princesa princess prinses purple qazwsx qazwsxedc qwer qwerqwer qwert qwerty
qwertyqwerty qwertyui qwertyuiop qwertz rainbow rotterdam samantha samsung sandiego secret secretsecret
security september shadow shalom snoopy soccer sommer sophie spiderman spring starwars stella summer sunday
sunshine superman supersecret superuser supplier system taylor teamo teddybear temp temporary tequiero test
testing testtest thisisapassword thisismypassword thomas thunder tigger tinkerbell toor trustno trustnoone
tweety unicorn united user username utrecht vanessa victoria voetbal wachtwoord wachtwoordwachtwoord weerklank
welcome welcomehome welcomewelcome welkom welkomwelkom werk whatever whatsapp william winner winter wizard zaq
zaqwsx zaqxsw zaterdag zomer zondag zxcvbn zxcvbnm
"""

STEMS = frozenset(_WORDS.split())

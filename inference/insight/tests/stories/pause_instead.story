# Fluent until half a minute, then three fillers within a few seconds: a moment to think in silence.
device-check
recognizer
0:00 ask Tell me about a conflict at work. for 120 s
0:01 speak 140
0:01 says we moved the whole release by one week and told everybody in time
0:30 says so um we uh moved it um over to
0:40 says we moved the whole release by one week and told everybody in time
1:10 end
expect hint pause_instead between 0:33 and 0:48
expect fillers over 3
expect words "um"
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
hint 0:35.8 pause_instead | um or uh 3 times within ten seconds

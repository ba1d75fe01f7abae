# The same cluster, but the recognizer is unsure of what it wrote: nothing is concluded from it.
device-check
recognizer
0:00 ask Tell me about a conflict at work. for 120 s
0:00 mumble
0:01 speak 140
0:01 says we moved the whole release by one week and told everybody in time
0:30 says so um we uh moved it um over to
0:40 says we moved the whole release by one week and told everybody in time
1:10 end
expect no hint pause_instead
expect fillers unsaid
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s

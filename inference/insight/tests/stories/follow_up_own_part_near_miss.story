# "We", and once "I".
recognizer
no-hints
0:00 ask Tell me about a conflict at work. for 120 s
0:00 speak 140
0:00 says In my last job our build took an hour and everybody was waiting for it all day so we rewrote the slow steps and we moved our tests I planned it in the end it took 10 minutes
0:24 silent
0:25 answered
0:36 end
expect no follow-up

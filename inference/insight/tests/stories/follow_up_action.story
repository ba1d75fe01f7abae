# What was and what became of it, but nothing that anybody did.
recognizer
no-hints
0:00 ask Tell me about a conflict at work. for 120 s
0:00 speak 140
0:00 says In my last job our build took an hour and everybody was waiting for it all day it was hard for me and my boss in the end it took 10 minutes
0:14 silent
0:15 answered
0:26 end
expect follow-up What did you do about it?

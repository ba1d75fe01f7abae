# A question that asks for no story.
recognizer
no-hints
0:00 ask Why do you want this job? for 120 s
0:00 speak 140
0:00 says In my last job our build took an hour and everybody was waiting for it all day so I rewrote the slow steps and I moved them to a cache
0:24 silent
0:25 answered
0:36 end
expect no follow-up
